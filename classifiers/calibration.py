"""Turn log-odds into honest probabilities, and probabilities into default thresholds.

Both look only at comments of sources that the scoring model had not seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from classifiers.metrics import calibration_error

Floats = NDArray[np.floating]

PRIOR = 0.2
"""The share of positives that a calibrated score presumes."""

_CERTAIN = 0.99
_FOUND = 0.90
# Nobody reads a review queue with more good comments than bad ones.
_FALSE_HOLDS = 0.10
_HIGHEST = 0.995


@dataclass(frozen=True)
class Line:
    """Calibrated log-odds = slope * log-odds + shift (Platt, 1999)."""

    slope: float
    shift: float

    def probability(self, logits: Floats) -> Floats:
        """Return calibrated probabilities."""
        probabilities: Floats = expit(self.slope * logits + self.shift)
        return probabilities


@dataclass(frozen=True)
class Aim:
    """What the thresholds of an attribute are for."""

    bad_share: float = 0.5
    """The share of bad comments where `reject_at` is precise."""
    false_rejections: float = 0.003
    """The share of good comments that may be rejected."""
    lowest_hold: float = 0.5
    """Nothing is held below."""


@dataclass(frozen=True)
class Unseen:
    """Scores of comments whose source was left out, their truth, weight and fold."""

    logits: Floats
    truth: NDArray[np.bool_]
    weights: Floats
    sources: NDArray[np.str_]
    folds: NDArray[np.int64]


def at_prior(unseen: Unseen) -> Floats:
    """Return weights under which every source has PRIOR positives, and all together.

    Sources were collected with any share of positives; what a score means must not
    depend on that. A source of one kind only is brought in with the rest.
    """
    weights = unseen.weights.astype(float).copy()
    for source in np.unique(unseen.sources):
        rows = unseen.sources == source
        positive, negative = rows & unseen.truth, rows & ~unseen.truth
        total = weights[rows].sum()
        if not (weights[positive].sum() and weights[negative].sum()):
            continue
        weights[positive] *= PRIOR * total / weights[positive].sum()
        weights[negative] *= (1 - PRIOR) * total / weights[negative].sum()
    total = weights.sum()
    positives = weights[unseen.truth].sum()
    weights[unseen.truth] *= PRIOR * total / positives
    weights[~unseen.truth] *= (1 - PRIOR) * total / (total - positives)
    return weights


def fit_line(logits: Floats, truth: NDArray[np.bool_], weights: Floats) -> Line:
    """Return the logistic regression on the log-odds alone."""
    model = LogisticRegression(C=1e6)
    model.fit(logits[:, None], truth, sample_weight=weights / weights.mean())
    return Line(max(float(model.coef_[0, 0]), 0.05), float(model.intercept_[0]))


def held_out_error(unseen: Unseen, weights: Floats) -> float:
    """Return the calibration error of folds under lines fitted on the other folds."""
    said = np.zeros(len(unseen.truth))
    for fold in np.unique(unseen.folds):
        rows = unseen.folds == fold
        line = fit_line(unseen.logits[~rows], unseen.truth[~rows], weights[~rows])
        said[rows] = line.probability(unseen.logits[rows])
    return calibration_error(unseen.truth, said, weights)


def thresholds(
    probabilities: Floats,
    truth: NDArray[np.bool_],
    weights: Floats,
    aim: Aim,
) -> dict[str, float]:
    """Return `reject_at` and `hold_at`.

    At `reject_at` the precision is 0.99, and no more good comments are above than `aim`
    allows. At `hold_at` nine in ten bad comments are, unless that would hold more than
    `_FALSE_HOLDS` of the good ones or is below what `aim` allows.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked, bad = probabilities[order], truth[order]
    found = np.cumsum(weights[order] * bad)
    wrong = np.cumsum(weights[order] * ~bad)
    found, wrong = found / found[-1], wrong / wrong[-1]
    caught, mistaken = aim.bad_share * found, (1 - aim.bad_share) * wrong
    precise = caught / np.maximum(caught + mistaken, 1e-12) >= _CERTAIN
    sure = np.flatnonzero(precise & (wrong <= aim.false_rejections))
    reject = float(ranked[sure[-1]]) if len(sure) else _HIGHEST
    enough = int(np.searchsorted(found, _FOUND))
    bearable = int(np.searchsorted(wrong, _FALSE_HOLDS, side="right")) - 1
    hold = max(float(ranked[max(min(enough, bearable), 0)]), aim.lowest_hold)
    reject = min(max(reject, 0.5), _HIGHEST)
    return {"hold_at": round(min(hold, reject), 4), "reject_at": round(reject, 4)}
