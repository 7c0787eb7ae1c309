"""A review card as the page shows it: everything in words, marks and small bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date, format_datetime, format_timedelta

from moderation import bans
from moderation.differences import Stretch
from moderation.review import Card
from moderation.scorer import Explanation, Scorer
from moderation.sites import Threshold
from moderation.vocabulary import Kind, Reason, Status
from moderation.web import disguises, evidence, marks
from moderation.web.bars import Bar, bars, leading, likely_reason
from moderation.web.disguises import Unmasked
from moderation.web.evidence import Evidence
from moderation.web.language import locale, say
from moderation.web.marks import Part
from moderation.web.members import Member

# The key that follows `r`; spam has a key of its own.
REASON_LETTERS = {
    Reason.ABUSE: "a",
    Reason.HATE: "h",
    Reason.THREAT: "t",
    Reason.SEXUAL: "x",
    Reason.PERSONAL_INFO: "p",
    Reason.OFF_TOPIC: "o",
    Reason.ILLEGAL: "i",
    Reason.DUPLICATE: "d",
    Reason.SPAM: "s",
    Reason.OTHER: "r",
}
# What a person may decide about: the rest waits for the machine, or is gone.
OPEN = frozenset({Status.HELD, Status.APPROVED, Status.REJECTED})
# Of what is blurred for those who asked for calm, most is one of these.
_HARSH = frozenset(
    {"TOXICITY", "SEVERE_TOXICITY", "INSULT", "PROFANITY", "THREAT", "IDENTITY_ATTACK"}
)


@dataclass(frozen=True)
class View:
    """A card and what its template would have to think about."""

    card: Card
    kinds: Sequence[Kind]
    # Of a site on which the moderator does not decide.
    looks_on: bool
    # At the moment: a ban may have run out.
    author_is_banned: bool
    may_decide: bool
    may_approve: bool
    may_reject: bool
    hits: Sequence[str]
    history: Sequence[str]
    age: str
    written: str
    scores: Sequence[Bar]
    parts: Sequence[Part]
    reasons: Sequence[str]
    unmasked: Unmasked | None
    is_harsh: bool
    likely: Reason
    # The name of somebody else who looks at it.
    holder: str
    evidence: Evidence
    # What a refused decision is told, and what the author changed meanwhile.
    problem: str = ""
    changes: Sequence[Stretch] = ()
    reject_reasons: Sequence[tuple[Reason, str]] = tuple(REASON_LETTERS.items())


@dataclass(frozen=True)
class Desk:
    """What the cards of one page have in common."""

    scorer: Scorer
    thresholds: Mapping[str, Mapping[str, Threshold]]
    member: Member
    now: datetime

    @classmethod
    def of(cls, scorer: Scorer, member: Member, now: datetime) -> Desk:
        """Each site's own thresholds over those measured for the model in use."""
        measured = {
            name: Threshold.model_validate(values)
            for name, values in scorer.default_thresholds.items()
        }
        thresholds = {
            site.key: {**measured, **site.settings.thresholds}
            for site, _ in member.sites
        }
        return cls(scorer, thresholds, member, now)

    def view(
        self, card: Card, known: Evidence = evidence.NONE, lane: Kind | None = None
    ) -> View:
        """Make one card ready for its template; the kind of its lane comes first."""
        kinds = sorted((each.kind for each in card.waits), key=lambda it: it != lane)
        thresholds = self.thresholds[card.site_key]
        over = leading(card, thresholds)
        why = _explain(self.scorer, card) if over else {}
        parts = marks.parts(card.text, [why[name] for name in over if name in why])
        return View(
            card=card,
            kinds=kinds,
            looks_on=card.site_id not in self.member.deciding,
            author_is_banned=bans.is_on(
                card.author_banned, card.author_banned_until, self.now
            ),
            may_decide=card.site_id in self.member.deciding and card.status in OPEN,
            # What stands can be confirmed only where somebody asked for it.
            may_approve=card.status is not Status.APPROVED or bool(kinds),
            may_reject=card.status is not Status.REJECTED or bool(kinds),
            hits=[in_words(hit) for hit in card.hits],
            history=_history(card),
            age=age(self.now, card.created_at),
            written=format_datetime(card.created_at, locale=locale()),
            scores=bars(card, thresholds),
            parts=parts,
            reasons=marks.phrases(parts),
            unmasked=disguises.unmask(card.text, self.scorer.read(card.text)),
            is_harsh=not _HARSH.isdisjoint(over),
            likely=likely_reason(over),
            holder=self._holder(card),
            evidence=known,
        )

    def _holder(self, card: Card) -> str:
        me = self.member.moderator.public_id
        for each in card.waits:
            if each.claimed_by in (None, me) or each.claimed_until is None:
                continue
            if each.claimed_until > self.now:
                return each.claimant or ""
        return ""


def age(now: datetime, then: datetime) -> str:
    """How long ago, in the largest unit that fits: ``4 minutes``."""
    return format_timedelta(now - then, locale=locale(), threshold=0.95)


def ago(now: datetime, then: datetime) -> str:
    """The same in a sentence: ``4 minutes ago``."""
    # Nothing at all would be in the future: "in 0 seconds".
    passed = max(now - then, timedelta(seconds=1))
    return format_timedelta(
        -passed, locale=locale(), threshold=0.95, add_direction=True
    )


def in_words(hit: Mapping[str, object]) -> str:
    """What one rule of the policy saw."""
    facts = {name: value for name, value in hit.items() if name != "rule"}
    if "attribute" in facts:
        facts["attribute"] = say(f"attribute.{facts['attribute']}")
    return say(f"rule.{hit['rule']}", **facts)


def _explain(scorer: Scorer, card: Card) -> Mapping[str, Explanation]:
    return scorer.explain(
        {
            "text": card.text,
            "author": card.name,
            "email": card.email or None,
            "url": card.url or None,
            "user_agent": card.user_agent or None,
            "seconds_on_form": card.seconds_on_form,
        }
    )


def _history(card: Card) -> list[str]:
    if not card.author_approved and not card.author_rejected:
        return [say("review.history_new")]
    facts = []
    if card.author_approved:
        facts.append(say("review.history_approved", n=card.author_approved))
    if card.author_rejected:
        facts.append(say("review.history_rejected", n=card.author_rejected))
    since = format_date(card.author_first_seen, "MMMM y", locale=locale())
    return [*facts, say("review.history_since", when=since)]
