"""Doubles of what is outside: a scorer whose opinion a test knows beforehand."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from moderation.enums import ATTRIBUTES
from moderation.scorer import Explanation
from tests.conditions import eventually

# Words that a comment may hold, and what they make of its score for SPAM.
SCORE_OF_WORD = {"certainlyspam": 0.99, "perhapsspam": 0.6, "beyondnumbers": math.nan}
POISON = "poisonous"
HARMLESS = 0.01


class PoisonedError(Exception):
    """What this scorer raises over a comment with the word POISON."""


@dataclass
class Gate:
    """Stops a scorer in the middle of a batch until somebody opens the gate.

    Works between processes: ``folder`` gets a file for each process that waits.
    """

    folder: Path

    def waiting(self) -> list[int]:
        """The process ids that wait at the gate, or have waited there."""
        return [int(path.name) for path in self.folder.glob("[0-9]*")]

    def open(self) -> None:
        """Let everybody pass, now and later."""
        (self.folder / "open").touch()

    def close(self) -> None:
        """Stop the next ones."""
        (self.folder / "open").unlink(missing_ok=True)

    def pass_through(self) -> None:
        """Wait until the gate is open."""
        if not (self.folder / "open").exists():
            (self.folder / str(os.getpid())).touch()
            eventually((self.folder / "open").exists, within=120, what="an open gate")


@dataclass
class FixedScorer:
    """Scores by single words; everything else is harmless.

    ``calls`` has the size of each batch that it was asked about.
    """

    gate: Gate | None = None
    calls: list[int] = field(default_factory=list)
    version: str = "fixed-1"
    attributes: tuple[str, ...] = ATTRIBUTES

    @property
    def default_thresholds(self) -> Mapping[str, Mapping[str, float]]:
        """The same for every attribute."""
        return {name: {"hold_at": 0.5, "reject_at": 0.9} for name in self.attributes}

    def score(self, batch: Sequence[Mapping[str, object]]) -> list[dict[str, float]]:
        """Look the words up; PoisonedError for a whole batch that has the one word."""
        self.calls.append(len(batch))
        if self.gate is not None:
            self.gate.pass_through()
        return [self._score(str(fields["text"])) for fields in batch]

    def explain(self, fields: Mapping[str, object]) -> Mapping[str, Explanation]:
        """A fixed opinion has no reasons."""
        return {}

    def explain_many(
        self, batch: Sequence[Mapping[str, object]]
    ) -> Sequence[Mapping[str, Explanation]]:
        """None of them has any."""
        return [self.explain(fields) for fields in batch]

    def read(self, text: str) -> str:
        """Without any disguise there is nothing to take off."""
        return text

    def refresh(self) -> bool:
        """There is only the one version."""
        return False

    def _score(self, text: str) -> dict[str, float]:
        if POISON in text:
            raise PoisonedError
        words = text.split()
        spam = max((SCORE_OF_WORD.get(word, HARMLESS) for word in words), default=0.0)
        return {name: HARMLESS for name in self.attributes} | {"SPAM": spam}
