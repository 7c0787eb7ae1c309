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
_FLATTEST = 0.05


@dataclass(frozen=True)
class Curve:
    """Calibrated log-odds = slope * log-odds + shift (Platt, 1999).

    What is above the knee counts `rise` besides: two straight lines that meet there.
    """

    slope: float
    shift: float
    knee: float = 0.0
    rise: float = 0.0

    def probability(self, logits: Floats) -> Floats:
        """Return calibrated probabilities."""
        above = np.maximum(logits - self.knee, 0)
        probabilities: Floats = expit(
            self.slope * logits + self.rise * above + self.shift
        )
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
    """Scores of comments by models that had not seen them, and which model that was."""

    logits: Floats
    truth: NDArray[np.bool_]
    weights: Floats
    sources: NDArray[np.str_]
    models: NDArray[np.int64]


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


def fit_curve(
    logits: Floats, truth: NDArray[np.bool_], weights: Floats, knee: float | None = None
) -> Curve:
    """Return the logistic regression on the log-odds alone, and on their part above a knee.

    A higher score stays a higher score on either side of it.
    """
    parts = [logits] if knee is None else [logits, np.maximum(logits - knee, 0)]
    model = LogisticRegression(C=1e6)
    model.fit(np.column_stack(parts), truth, sample_weight=weights / weights.mean())
    slope = max(float(model.coef_[0, 0]), _FLATTEST)
    shift = float(model.intercept_[0])
    if knee is None:
        return Curve(slope, shift)
    return Curve(slope, shift, knee, max(float(model.coef_[0, 1]), _FLATTEST - slope))


def held_out_error(
    unseen: Unseen,
    weights: Floats,
    groups: NDArray[np.int64],
    knee: float | None = None,
) -> float:
    """Return the calibration error of groups under curves fitted on the other groups."""
    said = np.zeros(len(unseen.truth))
    for group in np.unique(groups):
        rows = groups == group
        curve = fit_curve(
            unseen.logits[~rows], unseen.truth[~rows], weights[~rows], knee
        )
        said[rows] = curve.probability(unseen.logits[rows])
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
