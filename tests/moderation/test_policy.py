"""The rules in their order, and what they keep of what they saw."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from moderation.enums import ATTRIBUTES, Mode, Reason, Status
from moderation.policy import rules
from moderation.policy.rules import Case
from moderation.sites.settings import Threshold

THRESHOLDS = {name: Threshold(hold_at=0.5, reject_at=0.9) for name in ATTRIBUTES}
APPROVED, HELD, REJECTED = Status.APPROVED, Status.HELD, Status.REJECTED


def a_case(**wanted: object) -> Case:
    """A known author's harmless comment, but for what is wanted otherwise."""
    values: dict[str, object] = {
        "scores": dict.fromkeys(ATTRIBUTES, 0.01),
        "thresholds": THRESHOLDS,
        "author_approved": 3,
    }
    return Case(**(values | wanted))  # type: ignore[arg-type]


def scores(**high: float) -> dict[str, float]:
    """Harmless scores but for those given."""
    return dict.fromkeys(ATTRIBUTES, 0.01) | high


@pytest.mark.parametrize(
    ("wanted", "outcome", "rule", "reason"),
    [
        # A known author and nothing to object to.
        ({}, APPROVED, "unobjectionable", None),
        # No scores: a person looks, even where the author is trusted or banned.
        ({"scores": None}, HELD, "unscored", None),
        ({"scores": None, "author_is_trusted": True}, HELD, "unscored", None),
        ({"scores": None, "author_is_banned": True}, HELD, "unscored", None),
        # What the publisher decided beforehand comes before the scores.
        ({"author_is_banned": True}, REJECTED, "banned_author", Reason.OTHER),
        ({"blocked_word": "casino"}, REJECTED, "blocked_word", Reason.OTHER),
        (
            {"author_is_trusted": True, "scores": scores(SPAM=0.99)},
            APPROVED,
            "trusted_author",
            None,
        ),
        # A blocked word holds for those who are trusted, too.
        (
            {"author_is_trusted": True, "blocked_word": "casino"},
            REJECTED,
            "blocked_word",
            Reason.OTHER,
        ),
        # Certain, and each attribute with its own reason.
        ({"scores": scores(SPAM=0.95)}, REJECTED, "over_reject_threshold", Reason.SPAM),
        (
            {"scores": scores(INSULT=0.95)},
            REJECTED,
            "over_reject_threshold",
            Reason.ABUSE,
        ),
        (
            {"scores": scores(THREAT=0.95)},
            REJECTED,
            "over_reject_threshold",
            Reason.THREAT,
        ),
        (
            {"scores": scores(IDENTITY_ATTACK=0.95)},
            REJECTED,
            "over_reject_threshold",
            Reason.HATE,
        ),
        # The attribute furthest over its threshold gives the reason.
        (
            {"scores": scores(SPAM=0.91, THREAT=0.97)},
            REJECTED,
            "over_reject_threshold",
            Reason.THREAT,
        ),
        # On the threshold is over it; a hair below is not.
        ({"scores": scores(SPAM=0.9)}, REJECTED, "over_reject_threshold", Reason.SPAM),
        ({"scores": scores(SPAM=0.8999)}, HELD, "over_hold_threshold", None),
        ({"scores": scores(SPAM=0.5)}, HELD, "over_hold_threshold", None),
        ({"scores": scores(SPAM=0.4999)}, APPROVED, "unobjectionable", None),
        # A score nobody set a threshold for decides nothing.
        ({"scores": {"NEW": 1.0}}, APPROVED, "unobjectionable", None),
        # What a person should look at.
        ({"suspect_word": "crypto"}, HELD, "suspect_word", None),
        ({"links": 3}, HELD, "too_many_links", None),
        ({"links": 2}, APPROVED, "unobjectionable", None),
        ({"links": 1, "links_allowed": 0}, HELD, "too_many_links", None),
        ({"times_seen": 2}, HELD, "wave", None),
        ({"times_seen": 1}, APPROVED, "unobjectionable", None),
        # How careful the site is.
        ({"mode": Mode.HOLD_ALL}, HELD, "held_by_mode", None),
        (
            {"mode": Mode.HOLD_ALL, "author_is_trusted": True},
            APPROVED,
            "trusted_author",
            None,
        ),
        ({"author_approved": 0}, HELD, "first_time", None),
        (
            {"network_is_new": True, "holds_new_network": True},
            HELD,
            "new_network",
            None,
        ),
        ({"network_is_new": True}, APPROVED, "unobjectionable", None),
        ({"holds_new_network": True}, APPROVED, "unobjectionable", None),
        (
            {"author_approved": 0, "mode": Mode.PUBLISH_UNLESS_FLAGGED},
            APPROVED,
            "unobjectionable",
            None,
        ),
    ],
)
def test_the_first_rule_with_an_opinion_decides(
    wanted: Mapping[str, object], outcome: Status, rule: str, reason: Reason | None
) -> None:
    verdict = rules.decide(a_case(**wanted))

    assert (verdict.outcome, verdict.rule, verdict.reason) == (outcome, rule, reason)


def test_everything_that_was_held_against_a_comment_is_kept() -> None:
    verdict = rules.decide(
        a_case(scores=scores(SPAM=0.6), links=4, author_approved=0, times_seen=4)
    )

    assert verdict.hits == (
        {
            "rule": "over_hold_threshold",
            "attribute": "SPAM",
            "score": 0.6,
            "threshold": 0.5,
        },
        {"rule": "too_many_links", "links": 4, "limit": 2},
        {"rule": "wave", "times": 5},
        {"rule": "first_time"},
    )


def test_what_speaks_for_a_comment_is_no_hit() -> None:
    assert rules.decide(a_case(author_is_trusted=True)).hits == ()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        # Nothing known: to be seen first.
        ({"scores": None}, 1.0),
        # On the way to rejection, and past it.
        ({"scores": {"SPAM": 0.45}}, 0.5),
        ({"scores": {"SPAM": 0.9, "THREAT": 0.1}}, 1.0),
        # No score has a threshold.
        ({"scores": {"NEW": 1.0}}, 0.0),
        # A site that never rejects by machine still sorts.
        (
            {
                "scores": {"SPAM": 0.5},
                "thresholds": {"SPAM": Threshold(hold_at=0, reject_at=0)},
            },
            500_000.0,
        ),
    ],
)
def test_the_risk_is_the_surest_score_on_its_way_to_rejection(
    wanted: Mapping[str, object], expected: float
) -> None:
    assert rules.risk(a_case(**wanted)) == pytest.approx(expected)


def test_a_threshold_above_one_never_rejects() -> None:
    never = {"SPAM": Threshold(hold_at=0.5, reject_at=1.01)}

    verdict = rules.decide(a_case(scores={"SPAM": 1.0}, thresholds=never))

    assert verdict.outcome is HELD
