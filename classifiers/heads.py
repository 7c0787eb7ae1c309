"""The linear heads: one weight per column and attribute, log-odds out."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from classifiers.attributes import ATTRIBUTES


class AttributeHeads(ClassifierMixin, BaseEstimator):
    """Logistic regressions that share one matrix, so that one product serves them all.

    Being linear, every column's part in a score is its value times its weight. A
    calibration that scales and shifts the log-odds is folded into the weights.

    Attributes
    ----------
    coef_ : float32 array of shape (columns, attributes)
    intercept_ : float32 array of shape (attributes,)
    """

    def __init__(self, strength: float = 1.0, seed: int = 0) -> None:
        self.strength = strength
        self.seed = seed

    def fit(self, X: csr_array, y: NDArray[np.float64]) -> "AttributeHeads":
        """Fit each head on the rows whose label is known; NaN means unknown.

        A head with one class or none keeps weights of zero and a score of one half.
        """
        self.coef_ = np.zeros((X.shape[1], len(ATTRIBUTES)), np.float32)
        self.intercept_ = np.zeros(len(ATTRIBUTES), np.float32)
        for i in range(len(ATTRIBUTES)):
            known = ~np.isnan(y[:, i])
            labels = y[known, i]
            if len(np.unique(labels)) < 2:
                continue
            head = LogisticRegression(
                C=self.strength, solver="liblinear", random_state=self.seed
            )
            head.fit(X[known], labels)
            self.coef_[:, i] = head.coef_[0]
            self.intercept_[i] = head.intercept_[0]
        return self

    def set_weights(
        self, coef: NDArray[np.float32], intercept: NDArray[np.float32]
    ) -> "AttributeHeads":
        """Take weights fitted elsewhere: (columns, attributes) and (attributes,)."""
        self.coef_ = np.ascontiguousarray(coef, np.float32)
        self.intercept_ = np.asarray(intercept, np.float32)
        return self

    def decision_function(self, X: csr_array) -> NDArray[np.float32]:
        """Return log-odds, one row per comment and one column per attribute."""
        logits: NDArray[np.float32] = X @ self.coef_ + self.intercept_
        return logits

    def predict_proba(self, X: csr_array) -> NDArray[np.float32]:
        """Return the probability of each attribute (not of each class of one)."""
        probabilities: NDArray[np.float32] = expit(self.decision_function(X))
        return probabilities
