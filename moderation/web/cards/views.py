"""A review card as the page shows it: everything in words, marks and small bars."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_percent

from moderation.accounts.members import Member
from moderation.authors import bans
from moderation.enums import Kind, Reason, Status
from moderation.review import claims
from moderation.review.cards import Card
from moderation.review.deobfuscation import Deobfuscation
from moderation.review.diff import Stretch
from moderation.review.explanations import CardExplanation, ExplanationKey, Explanations
from moderation.review.highlights import Fact, Part
from moderation.scorer import Scorer
from moderation.sites.settings import Threshold
from moderation.storage import leases
from moderation.web.cards.evidence import Evidence
from moderation.web.cards.score_bars import Bar, bars, leading, likely_reason
from moderation.web.language import locale, translate
from moderation.web.time_format import age

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
# From so many characters on a card may be higher than a screen.
LONG = 1_200
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
    # What moved the scores besides the words: "sent within 3 seconds (+8%)".
    facts: Sequence[str]
    unmasked: Deobfuscation | None
    is_long: bool
    is_harsh: bool
    likely: Reason
    # The name of somebody else who looks at it.
    holder: str
    evidence: Evidence
    # What a refused decision is told, and what the author changed meanwhile.
    problem: str = ""
    changes: Sequence[Stretch] = ()


@dataclass(frozen=True)
class Desk:
    """What the cards of one page have in common."""

    scorer: Scorer
    explanations: Explanations
    thresholds: Mapping[str, Mapping[str, Threshold]]
    member: Member
    now: datetime

    @classmethod
    def of(
        cls, scorer: Scorer, explanations: Explanations, member: Member, now: datetime
    ) -> Desk:
        """Each site's own thresholds over those measured for the model in use."""
        measured = {
            name: Threshold.model_validate(values)
            for name, values in scorer.default_thresholds.items()
        }
        thresholds = {
            site.key: {**measured, **site.settings.thresholds}
            for site, _ in member.sites
        }
        return cls(scorer, explanations, thresholds, member, now)

    def views(
        self,
        cards: Sequence[Card],
        known: Mapping[int, Evidence],
        lane: Kind | None = None,
    ) -> list[View]:
        """Make cards ready for their template; the kind of their lane comes first."""
        overs = [leading(card, self.thresholds[card.site_key]) for card in cards]
        asked = [
            ExplanationKey.about(card, over)
            for card, over in zip(cards, overs, strict=True)
        ]
        explained = self.explanations.of(self.scorer, asked)
        return [
            self._view(card, over, why, known[card.row_id], lane)
            for card, over, why in zip(cards, overs, explained, strict=True)
        ]

    def _view(
        self,
        card: Card,
        over: Sequence[str],
        explained: CardExplanation,
        known: Evidence,
        lane: Kind | None,
    ) -> View:
        kinds = sorted((each.kind for each in card.waits), key=lambda it: it != lane)
        may_decide = card.site_id in self.member.deciding
        return View(
            card=card,
            kinds=kinds,
            looks_on=not may_decide,
            author_is_banned=bans.is_on(
                card.author_banned, card.author_banned_until, self.now
            ),
            may_decide=may_decide and card.status in OPEN,
            # What stands can be confirmed only where somebody asked for it.
            may_approve=card.status is not Status.APPROVED or bool(kinds),
            may_reject=card.status is not Status.REJECTED or bool(kinds),
            hits=told(card.hits),
            history=_history(card, besides_it=Kind.SPOT_CHECK in kinds),
            age=age(self.now, card.created_at),
            written=_written(card.created_at, locale()),
            scores=bars(card, self.thresholds[card.site_key]),
            parts=explained.parts,
            reasons=explained.phrases,
            facts=[_fact(each) for each in explained.facts],
            unmasked=explained.unmasked,
            is_long=len(card.text) > LONG,
            is_harsh=not _HARSH.isdisjoint(over),
            likely=likely_reason(over),
            holder=self._holder(card),
            evidence=known,
        )

    def _holder(self, card: Card) -> str:
        me = self.member.moderator.public_id
        for each in card.waits:
            if each.claimed_by in (None, me):
                continue
            if leases.holds(each.claimed_until, self.now, claims.LEASE):
                return each.claimant or ""
        return ""


def _fact(fact: Fact) -> str:
    """What a fact says and its share of the score: ``a website was given (+12%)``."""
    what = translate(f"fact.{re.sub(r'[^a-z0-9]+', '_', fact.name)}")
    share = format_percent(abs(fact.share), locale=locale())
    return translate(
        "card.fact", what=what, share=f"{'+' if fact.share > 0 else '−'}{share}"
    )


def told(hits: Sequence[Mapping[str, object]]) -> list[str]:
    """What the rules saw; of a score that rejects it goes without saying that it holds."""
    over = {it["attribute"] for it in hits if it["rule"] == "over_reject_threshold"}
    return [
        in_words(it)
        for it in hits
        if it["rule"] != "over_hold_threshold" or it["attribute"] not in over
    ]


def in_words(hit: Mapping[str, object]) -> str:
    """What one rule of the policy saw."""
    facts = {name: value for name, value in hit.items() if name != "rule"}
    try:
        if "attribute" in facts:
            facts["attribute"] = translate(f"attribute.{facts['attribute']}")
        return translate(f"rule.{hit['rule']}", **facts)
    except KeyError:
        # Another version has decided, by a rule that this one does not know.
        return str(hit["rule"])


@lru_cache(maxsize=4096)
def _written(at: datetime, language: str) -> str:
    return f"{format_datetime(at, locale=language)} UTC"


@lru_cache(maxsize=1024)
def _month(year: int, month: int, language: str) -> str:
    return format_date(date(year, month, 1), "MMMM y", locale=language)


def _history(card: Card, *, besides_it: bool = False) -> list[str]:
    """The author's record; `besides_it` leaves out what became of this comment.

    A spot check is to be judged by somebody who does not know how it was decided.
    """
    approved = card.author_approved
    rejected = card.author_rejected
    if besides_it:
        approved -= card.status is Status.APPROVED
        rejected -= card.status is Status.REJECTED
    if not approved and not rejected:
        return [translate("review.history_new")]
    facts = []
    if approved:
        facts.append(translate("review.history_approved", n=approved))
    if rejected:
        facts.append(translate("review.history_rejected", n=rejected))
    first = card.author_first_seen
    since = _month(first.year, first.month, locale())
    return [*facts, translate("review.history_since", when=since)]
