"""How well scores separate two kinds of comments, and how honest they are as probabilities."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

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


def auc(truth: Truth, scores: Floats) -> float:
    """Return the chance that a positive scores above a negative."""
    return float(roc_auc_score(truth, scores))


def average_precision(truth: Truth, scores: Floats) -> float:
    """Return the area under precision over recall, as a sum over thresholds."""
    return float(average_precision_score(truth, scores))


def recall_at(truth: Truth, scores: Floats, false_positives: float) -> float:
    """Return the share of positives above the threshold that lets so many negatives by."""
    threshold = np.quantile(scores[~truth], 1 - false_positives, method="higher")
    return float((scores[truth] > threshold).mean())


MEASURES: Mapping[str, Callable[[Truth, Floats], float]] = {
    "AUC": auc,
    "AP": average_precision,
    "R@1%": lambda truth, scores: recall_at(truth, scores, 0.01),
    "R@5%": lambda truth, scores: recall_at(truth, scores, 0.05),
}


def measure(truth: Truth, scores: Floats, seed: int = 0) -> dict[str, Interval]:
    """Return every measure with its interval over resampled comments.

    Positives and negatives are resampled apart: their numbers were the maker's choice.
    """
    random = np.random.default_rng(seed)
    positives, negatives = np.flatnonzero(truth), np.flatnonzero(~truth)
    drawn: dict[str, list[float]] = {name: [] for name in MEASURES}
    for _ in range(_RESAMPLES):
        rows = np.concatenate(
            (
                random.choice(positives, len(positives)),
                random.choice(negatives, len(negatives)),
            )
        )
        for name, value in MEASURES.items():
            drawn[name].append(value(truth[rows], scores[rows]))
    return {
        name: Interval(
            value(truth, scores), *np.quantile(drawn[name], (0.025, 0.975)).tolist()
        )
        for name, value in MEASURES.items()
    }


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


@dataclass(frozen=True)
class TermBias:
    """AUC within comments that name a group, and across the border in both directions.

    The three of Borkan and others (2019): `bpsn` sets kind sentences about the group
    against cruel ones about others, `bnsp` the reverse.
    """

    term: str
    subgroup: float
    bpsn: float
    bnsp: float

    @property
    def worst(self) -> float:
        """The least of the three."""
        return min(self.subgroup, self.bpsn, self.bnsp)


def term_bias(
    truth: Truth, scores: Floats, mentions: Mapping[str, Truth]
) -> Sequence[TermBias]:
    """Return the bias of each term, worst first; `mentions` marks the comments with it."""
    found = []
    for term, inside in mentions.items():
        if truth[inside].all() or not truth[inside].any():
            continue
        kind_inside = (inside & ~truth) | (~inside & truth)
        cruel_inside = (inside & truth) | (~inside & ~truth)
        found.append(
            TermBias(
                term,
                *(
                    auc(truth[r], scores[r])
                    for r in (inside, kind_inside, cruel_inside)
                ),
            )
        )
    return sorted(found, key=lambda bias: bias.worst)
