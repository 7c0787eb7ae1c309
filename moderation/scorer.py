"""What the service needs of a scorer; the classifiers have one, and tests may too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

# A name, not an import: the service runs without scikit-learn in sight.
SCORER = "classifiers.scoring:load"
FAILURE = "classifiers.errors:ClassifierError"


class Span(Protocol):
    """A stretch of the original text, in code points, and what it added in log-odds."""

    @property
    def begin(self) -> int:
        """Index of its first character."""

    @property
    def end(self) -> int:
        """Index after its last character."""

    @property
    def contribution(self) -> float:
        """What it added to the log-odds of the score."""


class Explanation(Protocol):
    """Why one attribute has the score it has."""

    @property
    def probability(self) -> float:
        """The score."""

    @property
    def intercept(self) -> float:
        """Where the log-odds start before anything is read."""

    @property
    def log_odds(self) -> float:
        """The score in log-odds: the intercept and all contributions."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """The stretches of text that moved it."""

    @property
    def features(self) -> Mapping[str, float]:
        """What else moved it, by name, in log-odds."""


class Scorer(Protocol):
    """Plain fields in, calibrated probabilities out."""

    @property
    def version(self) -> str:
        """Which model version scores at the moment."""

    @property
    def default_thresholds(self) -> Mapping[str, Mapping[str, float]]:
        """Per attribute ``hold_at`` and ``reject_at``, as measured for this version."""

    def score(self, batch: Sequence[Mapping[str, object]]) -> list[dict[str, float]]:
        """A probability per attribute for each item, in order."""

    def explain(self, fields: Mapping[str, object]) -> Mapping[str, Explanation]:
        """Per attribute, what in the text moved the score."""

    def explain_many(
        self, batch: Sequence[Mapping[str, object]]
    ) -> Sequence[Mapping[str, Explanation]]:
        """The same for each item, in order: cheaper than one by one."""

    def read(self, text: str) -> str:
        """The text as the classifiers read it, without its disguises."""

    def refresh(self) -> bool:
        """Pick up a promoted model version, if there is one; whether there was."""


def load(registry: Path, dotted: str = SCORER) -> Scorer:
    """Build the scorer that `dotted` names, with the models in `registry` if any."""
    return cast(Scorer, _named(dotted)(registry))


def failure() -> type[Exception]:
    """What a scorer raises on purpose: over a model that is bad, or a comment."""
    return cast(type[Exception], _named(FAILURE))


def _named(dotted: str) -> Any:
    module, _, name = dotted.partition(":")
    return getattr(import_module(module), name)
