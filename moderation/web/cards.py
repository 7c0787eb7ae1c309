"""A review card as the page shows it: everything in words, marks and small bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date, format_datetime, format_timedelta

from moderation.review import Card
from moderation.scorer import Explanation, Scorer
from moderation.sites import Site, Threshold
from moderation.vocabulary import ATTRIBUTES, Kind, Reason, Status
from moderation.web import marks
from moderation.web.language import locale, say
from moderation.web.marks import Part

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
# These two are what every moderator asks first; others appear when they matter.
ALWAYS_SHOWN = ("TOXICITY", "SPAM")


@dataclass(frozen=True)
class Score:
    """One bar, 0 to 100 wide, with the mark at the site's threshold."""

    name: str
    value: str
    sentence: str
    percent: float
    hold_percent: float
    # "", "held" or "rejected": what this score alone would have brought about.
    brings: str


@dataclass(frozen=True)
class View:
    """A card and what its template would have to think about."""

    card: Card
    kind: Kind | None
    may_decide: bool
    may_approve: bool
    may_reject: bool
    hits: Sequence[str]
    history: Sequence[str]
    age: str
    written: str
    scores: Sequence[Score]
    parts: Sequence[Part]
    reasons: Sequence[str]
    reject_reasons: Sequence[tuple[Reason, str]] = tuple(REASON_LETTERS.items())


@dataclass(frozen=True)
class Desk:
    """What the cards of one page have in common."""

    scorer: Scorer
    thresholds: Mapping[str, Mapping[str, Threshold]]
    may_decide: frozenset[int]
    now: datetime

    @classmethod
    def of(
        cls,
        scorer: Scorer,
        sites: Sequence[Site],
        may_decide: frozenset[int],
        now: datetime,
    ) -> Desk:
        """Each site's own thresholds over those measured for the model in use."""
        measured = {
            name: Threshold.model_validate(values)
            for name, values in scorer.default_thresholds.items()
        }
        thresholds = {
            site.key: {**measured, **site.settings.thresholds} for site in sites
        }
        return cls(scorer, thresholds, may_decide, now)

    def view(self, card: Card, lane: Kind | None = None) -> View:
        """Make one card ready for its template, as the lane shows it."""
        waits = [each.kind for each in card.waits]
        kind = lane if lane in waits else next(iter(waits), None)
        thresholds = self.thresholds[card.site_key]
        leading = _leading(card, thresholds)
        why = _explain(self.scorer, card) if leading else {}
        parts = marks.parts(card.text, [why[name] for name in leading if name in why])
        return View(
            card=card,
            kind=kind,
            may_decide=card.site_id in self.may_decide and card.status in OPEN,
            # What stands can be confirmed only where somebody asked for it.
            may_approve=card.status is not Status.APPROVED or bool(waits),
            may_reject=card.status is not Status.REJECTED or bool(waits),
            hits=[in_words(hit) for hit in card.hits],
            history=_history(card),
            age=age(self.now, card.created_at),
            written=format_datetime(card.created_at, locale=locale()),
            scores=_bars(card, thresholds),
            parts=parts,
            reasons=marks.phrases(parts),
        )


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


def _leading(card: Card, thresholds: Mapping[str, Threshold]) -> list[str]:
    """The attributes worth explaining: those over their threshold."""
    return [
        name
        for name, score in card.scores.items()
        if name in thresholds and score >= thresholds[name].hold_at
    ]


def _bars(card: Card, thresholds: Mapping[str, Threshold]) -> list[Score]:
    shown = [
        name
        for name in ATTRIBUTES
        if name in card.scores
        and name in thresholds
        and (name in ALWAYS_SHOWN or card.scores[name] >= thresholds[name].hold_at)
    ]
    shown.sort(
        key=lambda name: -card.scores[name] / max(thresholds[name].hold_at, 1e-6)
    )
    return [_bar(name, card.scores[name], thresholds[name]) for name in shown]


def _bar(name: str, score: float, threshold: Threshold) -> Score:
    word = say(f"attribute.{name}")
    return Score(
        name=word,
        value=f"{score:.2f}",
        sentence=say(
            "review.score",
            attribute=word,
            score=f"{score:.2f}",
            hold=f"{threshold.hold_at:.2f}",
        ),
        percent=round(100 * score, 1),
        hold_percent=round(min(98.5, 100 * threshold.hold_at), 1),
        brings=_brings(score, threshold),
    )


def _brings(score: float, threshold: Threshold) -> str:
    if score >= threshold.reject_at:
        return Status.REJECTED.value
    return Status.HELD.value if score >= threshold.hold_at else ""


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
