"""What is remembered about texts, and when it is asked anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import update

from moderation.accounts.moderators import Moderator
from moderation.classifier_input import ClassifierInput
from moderation.comments.draft import Stored
from moderation.enums import ATTRIBUTES
from moderation.review.explanations import ExplanationKey, Explanations
from moderation.schema.sites import site as site_table
from moderation.scorer import Explanation
from moderation.sites.settings import SiteSettings, Threshold
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.fakes import FixedScorer
from tests.web.person import Person

ASKED = ExplanationKey(
    ClassifierInput("You are wrong.", author="Ann"), over=("INSULT",)
)


def about(**wanted: Any) -> ExplanationKey:
    """The same question about a comment that differs in something."""
    return replace(ASKED, input=replace(ASKED.input, **wanted))


@dataclass(frozen=True)
class Stretch:
    """A stretch of text that moved a score."""

    begin: int
    end: int
    contribution: float = 2.0


@dataclass(frozen=True)
class Reason:
    """An explanation with one stretch, wherever a test wants it."""

    spans: tuple[Stretch, ...]
    probability: float = 0.9
    intercept: float = 0.0
    log_odds: float = 2.0
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Explaining(FixedScorer):
    """Blames one word after the other, a version each; counts what it is asked."""

    version: str = "1"
    explained: list[int] = field(default_factory=list)

    def explain_many(
        self, batch: Sequence[Mapping[str, object]]
    ) -> list[dict[str, Explanation]]:
        self.explained.append(len(batch))
        begin = {"1": 0, "2": 4, "3": 8}[self.version]
        return [{"INSULT": Reason((Stretch(begin, begin + 3),))} for _ in batch]


def marked(
    explanations: Explanations, scorer: Explaining, asked: ExplanationKey
) -> list[str]:
    """The words that are marked in a text."""
    (found,) = explanations.of(scorer, [asked])
    return [part.text for part in found.parts if part.strength]


def test_a_text_is_explained_once() -> None:
    scorer, explanations = Explaining(), Explanations()

    first = explanations.of(scorer, [ASKED, about(text="Another.")])
    again = explanations.of(scorer, [about(text="Another."), ASKED, ASKED])

    assert again == [first[1], first[0], first[0]]
    assert scorer.explained == [2]


def test_other_models_are_asked_anew() -> None:
    scorer, explanations = Explaining(), Explanations()
    assert marked(explanations, scorer, ASKED) == ["You"]

    scorer.version = "2"

    assert marked(explanations, scorer, ASKED) == ["are"]


def test_models_that_come_in_the_middle_explain_but_are_not_remembered() -> None:
    class Changing(Explaining):
        def explain_many(
            self, batch: Sequence[Mapping[str, object]]
        ) -> list[dict[str, Explanation]]:
            self.version = "2"
            return super().explain_many(batch)

    scorer, explanations = Changing(), Explanations()
    assert marked(explanations, scorer, ASKED) == ["are"]

    assert marked(explanations, Explaining(version="1"), ASKED) == ["You"]


@pytest.mark.parametrize(
    "other",
    [
        about(text="You are right."),
        about(author="Bob"),
        about(url="https://example.org"),
        about(seconds_on_form=1.0),
        replace(ASKED, over=("INSULT", "THREAT")),
    ],
)
def test_whatever_differs_is_explained_by_itself(other: ExplanationKey) -> None:
    scorer, explanations = Explaining(), Explanations()

    explanations.of(scorer, [ASKED])
    explanations.of(scorer, [other])

    assert scorer.explained == [1, 1]


def test_what_was_not_asked_for_longest_gives_way() -> None:
    scorer, explanations = Explaining(), Explanations(room=100 * len(ASKED.input.text))
    texts = [about(author=str(number)) for number in range(100)]
    explanations.of(scorer, texts)
    explanations.of(scorer, texts[:1])

    explanations.of(scorer, [ASKED])

    explanations.of(scorer, [texts[0]])
    assert scorer.explained == [100, 1]
    explanations.of(scorer, [texts[1]])
    assert scorer.explained == [100, 1, 1]


def test_a_text_that_would_push_many_out_is_explained_each_time() -> None:
    scorer, explanations = Explaining(), Explanations(room=49 * len(ASKED.input.text))

    explanations.of(scorer, [ASKED])
    explanations.of(scorer, [ASKED])

    assert scorer.explained == [1, 1]


@pytest.mark.parametrize("limit", [0.3, 1.0])
def test_the_thresholds_of_the_site_say_what_is_marked(
    database: Database,
    site: Site,
    moderator: Moderator,
    someone: Callable[[], Person],
    hold: Callable[..., Stored],
    limit: float,
) -> None:
    hold("You are a stupid idiot.")
    person = someone()
    person.sign_in(moderator)
    assert "moved-by" in person.read("/review")

    every = {name: Threshold(hold_at=limit, reject_at=1.01) for name in ATTRIBUTES}
    settings = SiteSettings(thresholds=every).model_dump(mode="json")
    with database.write() as conn:
        conn.execute(update(site_table).values(settings=settings))

    assert ("moved-by" in person.read("/review")) == (limit < 1)


def test_without_a_score_over_a_threshold_nobody_is_asked_why() -> None:
    scorer = Explaining()

    (found,) = Explanations().of(scorer, [replace(ASKED, over=())])

    assert [part.text for part in found.parts] == [ASKED.input.text]
    assert scorer.explained == []
