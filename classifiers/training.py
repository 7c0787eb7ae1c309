"""Fit linear heads on hashed features, weighing sources and rare features."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float32]

# Stopping early is half of the regularisation; the other half is this penalty on a loss
# whose weights sum up to one.
_STEPS = 35
_PENALTY = 3e-6
_SCALE = np.float32(0.2)


@dataclass(frozen=True)
class Head:
    """A linear head: log-odds = X @ coef + intercept."""

    coef: Floats
    intercept: float

    def log_odds(self, X: csr_array) -> Floats:
        """Return one log-odds per row."""
        logits: Floats = X @ self.coef + np.float32(self.intercept)
        return logits

    def __add__(self, other: "Head") -> "Head":
        return Head(self.coef + other.coef, self.intercept + other.intercept)

    def __mul__(self, factor: float) -> "Head":
        return Head(self.coef * np.float32(factor), self.intercept * factor)

    def __rmul__(self, factor: float) -> "Head":
        return self * factor


def rarity(X: csr_array, first_flag: int) -> Floats:
    """Return how much each column may weigh: rare n-grams more, flags as they are.

    The inverse document frequency, as in TF-IDF; it ends up inside the weights.
    """
    seen = np.bincount(X.indices, minlength=X.shape[1])
    rare = np.log((1 + X.shape[0]) / (1 + seen)).astype(np.float32) * _SCALE
    rare[first_flag:] = 1
    return rare


def fit_head(
    X: csr_array,
    labels: Floats,
    weights: Floats,
    *,
    rare: Floats,
    columns: int,
) -> Head:
    """Return the logistic regression of the first `columns` on rows that weigh anything."""
    rows = weights > 0
    part = csr_array(X[rows][:, :columns])
    part.data = part.data * rare[part.indices]
    model = LogisticRegression(C=1 / _PENALTY, solver="lbfgs", max_iter=_STEPS)
    share = weights[rows].astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(part, labels[rows] > 0, sample_weight=share / share.sum())
    coef = np.zeros(X.shape[1], np.float32)
    coef[:columns] = model.coef_[0] * rare[:columns]
    return Head(coef, float(model.intercept_[0]))
