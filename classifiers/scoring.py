"""The scorer: plain fields in, calibrated probabilities out, and why."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers import registry
from classifiers.attributes import ATTRIBUTES
from classifiers.errors import BadModel, Unscorable
from classifiers.features import submission
from classifiers.features.submission import Submission
from classifiers.serving import explanation
from classifiers.serving.explanation import Explanation
from classifiers.serving.model import Model, open_model
from classifiers.text.alphabets import alphabet
from classifiers.text.normalise import normal_form

SHIPPED = Path(__file__).parent / "models"

_log = logging.getLogger("classifiers")
# Keeps the arrays of one pass inside the processor's cache.
_PASS = 1 << 17


class Scorer:
    """Scores with one model version at a time; safe to share between threads."""

    attributes: tuple[str, ...] = tuple(map(str, ATTRIBUTES))

    def __init__(self, directory: Path | None = None) -> None:
        self._registry = directory
        self._stamp = registry.stamp(directory) if directory else None
        self._model = _newest(directory)
        # Worked out now rather than while the first comment waits.
        alphabet()

    @property
    def version(self) -> str:
        """Name of the model version that scores now."""
        return self._model.version

    @property
    def card(self) -> Mapping[str, object]:
        """All that is recorded about the version that scores now."""
        return self._model.card

    @property
    def default_thresholds(self) -> Mapping[str, Mapping[str, float]]:
        """Per attribute `hold_at` and `reject_at`, from the model's card."""
        thresholds = self._model.card["thresholds"]
        assert isinstance(thresholds, dict)
        return thresholds

    def score(self, batch: Sequence[Mapping[str, object]]) -> list[dict[str, float]]:
        """Return a probability per attribute for each comment, in order.

        One model version scores the whole batch. Raises BadSubmission or Unscorable
        for the batch if one comment is at fault; score one by one to find it.
        """
        model = self._model
        comments = [submission.read(each) for each in batch]
        scores: list[dict[str, float]] = []
        for some in _passes(comments):
            log_odds = model.log_odds(model.bag(some))
            rows = _probabilities(log_odds).tolist()
            scores += [dict(zip(self.attributes, row, strict=True)) for row in rows]
        return scores

    def explain(self, comment: Mapping[str, object]) -> dict[str, Explanation]:
        """Return for each attribute what moved its score, by place in the text and field."""
        return self.explain_many([comment])[0]

    def explain_many(
        self, batch: Sequence[Mapping[str, object]]
    ) -> list[dict[str, Explanation]]:
        """Return what `explain` does for each comment, in order, in one pass over all."""
        model = self._model
        comments = [submission.read(each) for each in batch]
        found: list[dict[str, Explanation]] = []
        for some in _passes(comments):
            found += explanation.explain(model, some)
        return found

    def read(self, text: str) -> str:
        """Return a text the way the models read it, without its disguises."""
        return normal_form(text)

    def refresh(self) -> bool:
        """Take up a newly promoted version; say whether there was one.

        A version that is broken is logged once and not taken: the old one goes on.
        """
        if self._registry is None:
            return False
        stamp = registry.stamp(self._registry)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        before = self._model
        try:
            self._model = open_model(_current(self._registry))
        except BadModel as error:
            _log.error("model_refused", extra={"reason": str(error)})
        return self._model.version != before.version


def load(directory: Path | None = None) -> Scorer:
    """Return a scorer with the registry's current version, else the shipped one.

    A broken current version is logged and the one promoted before it is taken. Raises
    BadModel if not even the shipped one can be read.
    """
    return Scorer(directory)


def _current(directory: Path) -> Path:
    history = registry.promoted(directory)
    if not history:
        raise BadModel(f"{directory} names no current version")
    return directory / history[-1]


def _newest(directory: Path | None) -> Model:
    """Open the latest version that is whole."""
    candidates: list[Path] = []
    if directory is not None:
        history = registry.promoted(directory)
        candidates += [directory / version for version in reversed(history)]
    for candidate in candidates:
        try:
            return open_model(candidate)
        except BadModel as error:
            _log.error("model_refused", extra={"reason": str(error)})
    return open_model(_current(SHIPPED))


def _passes(comments: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
    """Cut a batch into pieces of bounded size; a long text is a piece of its own."""
    piece: list[Submission] = []
    size = 0
    for comment in comments:
        if piece and size + len(comment.text) > _PASS:
            yield piece
            piece, size = [], 0
        piece.append(comment)
        size += len(comment.text)
    if piece:
        yield piece


def _probabilities(log_odds: NDArray[np.float32]) -> NDArray[np.float64]:
    if not np.isfinite(log_odds).all():
        raise Unscorable("a score is not a number: the model's weights are damaged")
    # The logistic function, written so that nothing overflows.
    return 0.5 + 0.5 * np.tanh(0.5 * log_odds.astype(np.float64))
