"""The closed sets of the service, each value with one sentence."""

from __future__ import annotations

from enum import StrEnum

# How the journal names the policy, with the version of its rules.
POLICY_ACTOR = "policy:1"


class Status(StrEnum):
    """Where a comment stands; written by ``decisions.apply`` alone."""

    PENDING = "pending"  # stored, no verdict yet
    APPROVED = "approved"  # visible in its thread
    HELD = "held"  # waits for a moderator
    REJECTED = "rejected"  # kept, findable, reversible, not visible
    DELETED = "deleted"  # gone from every page


class Reason(StrEnum):
    """Why a comment was rejected, in a code that labels and statistics share."""

    SPAM = "spam"  # advertising or link planting
    ABUSE = "abuse"  # insults or harassment
    HATE = "hate"  # attacks on people for who they are
    THREAT = "threat"  # announces or wishes violence
    SEXUAL = "sexual"  # sexual content out of place
    PERSONAL_INFO = "personal_info"  # someone's private details
    OFF_TOPIC = "off_topic"  # not about the article
    ILLEGAL = "illegal"  # unlawful content
    DUPLICATE = "duplicate"  # said before
    OTHER = "other"  # anything else


class Role(StrEnum):
    """What a moderator may do on a site."""

    OWNER = "owner"  # settings, members and everything below
    MODERATOR = "moderator"  # decides
    VIEWER = "viewer"  # looks on


class Kind(StrEnum):
    """Why a reviewable waits for a person."""

    HELD = "held"  # the policy was not sure
    REPORTED = "reported"  # a reader complained
    APPEALED = "appealed"  # the author contests a rejection
    # A sample of what the machine approved, and of what one person decided.
    SPOT_CHECK = "spot_check"


class Order(StrEnum):
    """What a lane begins with."""

    OLDEST = "oldest"
    NEWEST = "newest"
    RISKIEST = "riskiest"  # the highest score over its threshold
    LEAST_SURE = "least_sure"  # the score closest to a threshold


class ReportReason(StrEnum):
    """Why a reader reports a comment."""

    SPAM = "spam"
    ABUSE = "abuse"
    HATE = "hate"
    PERSONAL_INFO = "personal_info"
    ILLEGAL = "illegal"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of an appeal."""

    UPHELD = "upheld"  # the rejection stands
    OVERTURNED = "overturned"  # the comment was approved after all


class Notice(StrEnum):
    """What an author who asked for it is told by mail."""

    CONFIRM = "confirm"  # prove that the address is yours, before anything else
    APPROVED = "approved"
    REJECTED = "rejected"
    UPHELD = "upheld"  # the appeal changed nothing
    OVERTURNED = "overturned"  # the appeal was granted


class AuthorFlagAction(StrEnum):
    """What moderators say about an author."""

    TRUST = "trust"  # approved without a look at the scores
    UNTRUST = "untrust"
    BAN = "ban"  # rejected, whatever they write
    UNBAN = "unban"
    BAN_DOMAIN = "ban_domain"  # everybody with an address of the same mail domain
    UNBAN_DOMAIN = "unban_domain"
    BAN_NETWORK = "ban_network"  # everybody in the same /24 or /48
    UNBAN_NETWORK = "unban_network"
    SWEEP = "sweep"  # reject what they wrote in the last hours, and nothing else


class BanKind(StrEnum):
    """What a ban of more than one author names."""

    DOMAIN = "domain"
    NETWORK = "network"


class SkipReason(StrEnum):
    """Why an act on many comments left one of them as it was."""

    GONE = "gone"  # deleted, or of a site on which the moderator does not decide
    EDITED = "edited"  # its author changed the text
    DECIDED = "decided"  # somebody decided about it
    ALREADY = "already"  # it stands as it was to be put
    UNDECIDABLE = "undecidable"  # it waits for the machine, or is deleted
    OWN_REJECTION = "own_rejection"  # their own rejection is contested


class Mode(StrEnum):
    """How careful a site is with comments that nothing speaks against."""

    HOLD_ALL = "hold_all"
    HOLD_FIRST_TIME = "hold_first_time"
    PUBLISH_UNLESS_FLAGGED = "publish_unless_flagged"


class Act(StrEnum):
    """What a journal entry records."""

    SCORE = "score"  # the policy decided a batch
    DECIDE = "decide"  # a moderator decided
    UNDO = "undo"  # an earlier entry was taken back
    EDIT = "edit"  # an author changed a comment
    BULK = "bulk"  # a moderator decided many at once
    SPREAD = "spread"  # a choice for a cluster was applied to one that came later
    AUTHOR = (
        "author"  # an author was trusted or banned, with the sweep that went with it
    )
    BAN = "ban"  # a mail domain or a network was banned
    SWEEP = "sweep"  # the last hours of an author were rejected
    NOTE = "note"  # a note about an author was written or removed
    RULES = "rules"  # the site's rules were run on what waits
    MEMBERS = "members"  # somebody was invited, joined, left or got another role
    SIGN_IN = "sign_in"
    SETTINGS = "settings"
    MERGE = "merge"  # threads of one page were made one


ATTRIBUTES = (
    "SPAM",
    "TOXICITY",
    "SEVERE_TOXICITY",
    "INSULT",
    "PROFANITY",
    "THREAT",
    "IDENTITY_ATTACK",
)
