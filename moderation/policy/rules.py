"""Decide what happens to a scored comment.

Pure: no clock, no database, no network. The rules run in the order of ``RULES``;
the first that speaks decides, and all that speak are kept, because a moderator
wants to see everything that was held against a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from moderation.audit import actors
from moderation.enums import Mode, Reason, Status
from moderation.sites.settings import Threshold

VERSION = f"{actors.POLICY}1"
# The same text this often within a day is a wave, not a coincidence.
WAVE = 3

REASON_OF_ATTRIBUTE: Mapping[str, Reason] = {
    "SPAM": Reason.SPAM,
    "TOXICITY": Reason.ABUSE,
    "SEVERE_TOXICITY": Reason.ABUSE,
    "INSULT": Reason.ABUSE,
    "PROFANITY": Reason.ABUSE,
    "THREAT": Reason.THREAT,
    "IDENTITY_ATTACK": Reason.HATE,
}


@dataclass(frozen=True)
class Case:
    """All that a rule may look at."""

    # None when the classifiers could not score this comment.
    scores: Mapping[str, float] | None
    thresholds: Mapping[str, Threshold]
    mode: Mode = Mode.HOLD_FIRST_TIME
    author_is_trusted: bool = False
    author_is_banned: bool = False
    author_approved: int = 0
    links: int = 0
    links_allowed: int = 2
    blocked_word: str | None = None
    suspect_word: str | None = None
    # How often the same words came to the site lately without this time; 0 for a text
    # that many would write.
    times_seen: int = 0
    # Nothing approved of this author came from this network, and whether the site minds.
    network_is_new: bool = False
    holds_new_network: bool = False


@dataclass(frozen=True)
class Answer:
    """What one rule says, with the facts that its sentence needs."""

    outcome: Status
    reason: Reason | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The policy's answer, not yet applied; `hits` are all rules that objected."""

    outcome: Status
    rule: str
    reason: Reason | None
    hits: tuple[Mapping[str, object], ...]


Rule = Callable[[Case], Answer | None]


def unscored(case: Case) -> Answer | None:
    """A comment that no classifier has judged is never published by default."""
    return Answer(Status.HELD) if case.scores is None else None


def banned_author(case: Case) -> Answer | None:
    """The site does not want to hear from this author."""
    return Answer(Status.REJECTED, Reason.OTHER) if case.author_is_banned else None


def blocked_word(case: Case) -> Answer | None:
    """A word that the site never publishes."""
    if case.blocked_word is None:
        return None
    return Answer(Status.REJECTED, Reason.OTHER, {"word": case.blocked_word})


def trusted_author(case: Case) -> Answer | None:
    """The site vouches for this author."""
    return Answer(Status.APPROVED) if case.author_is_trusted else None


def over_reject_threshold(case: Case) -> Answer | None:
    """The classifiers are certain."""
    return _over(case, Status.REJECTED)


def over_hold_threshold(case: Case) -> Answer | None:
    """The classifiers are not sure."""
    return _over(case, Status.HELD)


def suspect_word(case: Case) -> Answer | None:
    """A word that the site wants to look at first."""
    if case.suspect_word is None:
        return None
    return Answer(Status.HELD, facts={"word": case.suspect_word})


def too_many_links(case: Case) -> Answer | None:
    """More links than the site allows."""
    if case.links <= case.links_allowed:
        return None
    return Answer(Status.HELD, facts={"links": case.links, "limit": case.links_allowed})


def wave(case: Case) -> Answer | None:
    """The same text arrives again and again."""
    times = case.times_seen + 1
    return None if times < WAVE else Answer(Status.HELD, facts={"times": times})


def held_by_mode(case: Case) -> Answer | None:
    """The site looks at every comment before it is published."""
    return Answer(Status.HELD) if case.mode is Mode.HOLD_ALL else None


def first_time(case: Case) -> Answer | None:
    """Nothing of this author was approved here before."""
    if case.mode is not Mode.HOLD_FIRST_TIME or case.author_approved:
        return None
    return Answer(Status.HELD)


def new_network(case: Case) -> Answer | None:
    """The author is known, and writes from a network that they never used here."""
    if not (case.holds_new_network and case.network_is_new):
        return None
    return Answer(Status.HELD)


def unobjectionable(case: Case) -> Answer | None:
    """Nothing speaks against it."""
    return Answer(Status.APPROVED)


RULES: tuple[Rule, ...] = (
    # Fail towards a human.
    unscored,
    # What the publisher decided beforehand.
    banned_author,
    blocked_word,
    trusted_author,
    # What the classifiers are certain of, and what they are not.
    over_reject_threshold,
    over_hold_threshold,
    # What a person should look at.
    suspect_word,
    too_many_links,
    wave,
    # How careful the site is.
    held_by_mode,
    first_time,
    new_network,
    # The last rule always speaks.
    unobjectionable,
)


def decide(case: Case, rules: tuple[Rule, ...] = RULES) -> Verdict:
    """The verdict of the first rule that has an opinion."""
    spoke = [(rule.__name__, answer) for rule in rules if (answer := rule(case))]
    if not spoke:
        raise AssertionError("the last rule must always speak")
    rule, answer = spoke[0]
    hits = tuple(
        {"rule": name, **each.facts}
        for name, each in spoke
        if each.outcome is not Status.APPROVED
    )
    return Verdict(answer.outcome, rule, answer.reason, hits)


def risk(case: Case) -> float:
    """How far the surest score lies along the way to rejection, for sorting a lane.

    0 is far below every threshold, 1 is at ``reject_at``; no scores count as 1,
    so that what failed is seen first.
    """
    if case.scores is None:
        return 1.0
    return max(
        (
            score / max(case.thresholds[name].reject_at, 1e-6)
            for name, score in case.scores.items()
            if name in case.thresholds
        ),
        default=0.0,
    )


def uncertainty(case: Case) -> float:
    """How close the nearest score lies to one of its thresholds; 1 is right on it.

    There the classifiers are least sure, and a person's decision teaches most.
    """
    return max(
        (
            1 - abs(score - at)
            for name, score in (case.scores or {}).items()
            if name in case.thresholds
            for at in (case.thresholds[name].hold_at, case.thresholds[name].reject_at)
        ),
        default=0.0,
    )


def _over(case: Case, outcome: Status) -> Answer | None:
    """The attribute that is furthest over its threshold, if one is."""
    worst: tuple[float, str, float, float] | None = None
    for name, score in (case.scores or {}).items():
        threshold = case.thresholds.get(name)
        if threshold is None:
            continue
        at = threshold.reject_at if outcome is Status.REJECTED else threshold.hold_at
        if score >= at and (worst is None or score - at > worst[0]):
            worst = (score - at, name, score, at)
    if worst is None:
        return None
    _, name, score, at = worst
    facts = {"attribute": name, "score": round(score, 4), "threshold": at}
    reason = REASON_OF_ATTRIBUTE[name] if outcome is Status.REJECTED else None
    return Answer(outcome, reason, facts)
