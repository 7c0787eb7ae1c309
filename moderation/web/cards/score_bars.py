"""The scores of a comment as small bars, each with the mark of its threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.enums import ATTRIBUTES, Reason, Status
from moderation.review.cards import Card
from moderation.sites.settings import Threshold
from moderation.web.language import translate

# These two are what every moderator asks first; others appear when they matter.
ALWAYS_SHOWN = ("TOXICITY", "SPAM")
# What a rejection would most likely be called, by the score that stands out.
_REASONS = {
    "SPAM": Reason.SPAM,
    "THREAT": Reason.THREAT,
    "IDENTITY_ATTACK": Reason.HATE,
}


@dataclass(frozen=True)
class Bar:
    """One score, 0 to 100 wide, with the mark at the site's threshold."""

    name: str
    value: str
    sentence: str
    percent: float
    hold_percent: float
    # "", "held" or "rejected": what this score alone would have brought about.
    brings: str


def leading(card: Card, thresholds: Mapping[str, Threshold]) -> list[str]:
    """The attributes worth explaining: those over their threshold, highest first."""
    over = [
        name
        for name, score in card.scores.items()
        if name in thresholds and score >= thresholds[name].hold_at
    ]
    return sorted(over, key=lambda name: -card.scores[name])


def likely_reason(over: Sequence[str]) -> Reason:
    """What a rejection is called when nobody says; "other" teaches nothing."""
    if not over:
        return Reason.OTHER
    return _REASONS.get(over[0], Reason.ABUSE)


def bars(card: Card, thresholds: Mapping[str, Threshold]) -> list[Bar]:
    """The bars worth showing, the one nearest to its threshold or farthest over it first."""
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


def _bar(name: str, score: float, threshold: Threshold) -> Bar:
    word = translate(f"attribute.{name}")
    return Bar(
        name=word,
        value=f"{score:.2f}",
        sentence=translate(
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
