"""How well scores separate two kinds of comments, and how honest they are as probabilities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Truth = NDArray[np.bool_]

_BINS = 15
_RESAMPLES = 200


@dataclass(frozen=True)
class Interval:
    """A measured value and the bootstrap interval around it (95 %)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Ranking:
    """How many positives and negatives share each score, from the highest score down."""

    positives: Floats
    negatives: Floats

    @classmethod
    def of(cls, truth: Truth, scores: Floats) -> "Ranking":
        """Group comments by equal scores."""
        groups = np.unique(-scores, return_inverse=True)[1]
        size = int(groups.max()) + 1
        return cls(
            np.bincount(groups[truth], minlength=size) * 1.0,
            np.bincount(groups[~truth], minlength=size) * 1.0,
        )

    def resampled(self, random: np.random.Generator) -> "Ranking":
        """Return a bootstrap sample: as many of either kind, drawn with replacement.

        The kinds are drawn apart: their numbers were the maker's choice.
        """
        kinds = []
        for counts in (self.positives, self.negatives):
            total = counts.sum()
            kinds.append(random.multinomial(int(total), counts / total) * 1.0)
        return Ranking(*kinds)

    def auc(self) -> float:
        """Return the chance that a positive scores above a negative; a tie counts half."""
        above = np.cumsum(self.positives) - self.positives / 2
        pairs = self.positives.sum() * self.negatives.sum()
        return float((self.negatives * above).sum() / pairs)

    def average_precision(self) -> float:
        """Return the area under precision over recall, as a sum over thresholds."""
        hits, misses = np.cumsum(self.positives), np.cumsum(self.negatives)
        precision = hits / np.maximum(hits + misses, 1)
        return float((self.positives * precision).sum() / hits[-1])

    def recall_at(self, false_positives: float) -> float:
        """Return the recall of the lowest threshold with no more than so many false positives."""
        hits, misses = np.cumsum(self.positives), np.cumsum(self.negatives)
        allowed = int(
            np.searchsorted(misses, false_positives * misses[-1], side="right")
        )
        return float(hits[allowed - 1] / hits[-1]) if allowed else 0.0


def auc(truth: Truth, scores: Floats) -> float:
    """Return the chance that a positive scores above a negative; a tie counts half."""
    return Ranking.of(truth, scores).auc()


MEASURES: Mapping[str, Callable[[Ranking], float]] = {
    "AUC": Ranking.auc,
    "AP": Ranking.average_precision,
    "R@1%": lambda ranking: ranking.recall_at(0.01),
    "R@5%": lambda ranking: ranking.recall_at(0.05),
}
"""Recall is at one and at five false positives in a hundred negatives."""


def measure(truth: Truth, scores: Floats, seed: int = 0) -> dict[str, Interval]:
    """Return every measure with its interval over resampled comments."""
    random = np.random.default_rng(seed)
    ranking = Ranking.of(truth, scores)
    drawn = [ranking.resampled(random) for _ in range(_RESAMPLES)]
    found = {}
    for name, value in MEASURES.items():
        spread = np.quantile([value(each) for each in drawn], (0.025, 0.975))
        found[name] = Interval(value(ranking), *spread.tolist())
    return found


def calibration_error(
    truth: Truth, probabilities: Floats, weights: Floats | None = None
) -> float:
    """Return the expected calibration error over bins of equal width.

    Formula: Naeini, Cooper and Hauskrecht (2015), with weights for the rows.
    """
    weights = np.ones(len(truth)) if weights is None else weights
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    said = np.bincount(bins, weights * probabilities, _BINS)
    was = np.bincount(bins, weights * truth, _BINS)
    return float(np.abs(said - was).sum() / weights.sum())
