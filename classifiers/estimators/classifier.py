"""The heads: sums of weights in, one log-odds per attribute out.

Most of it is linear. A small hidden layer of rectified sums may bend it; around one
comment even that is linear, so each column's part in a score can be told exactly.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from classifiers.attributes import ATTRIBUTES
from classifiers.serving.output_layer import BEND, OutputLayer


class AttributeHeads(ClassifierMixin, BaseEstimator):
    """Heads that share one matrix, so that one product serves them all.

    A calibration that scales and shifts the log-odds is folded into the weights.

    Attributes
    ----------
    coef_ : float32 array of shape (columns, attributes + hidden)
    intercept_ : float32 array of shape (attributes,)
    hidden_bias_ : float32 array of shape (hidden,)
    hidden_out_ : float32 array of shape (hidden, attributes)
    knee_ : float32 array of shape (attributes,)
    rise_ : float32 array of shape (attributes, attributes)
    """

    def __init__(self, strength: float = 1.0, seed: int = 0) -> None:
        self.strength = strength
        self.seed = seed

    def fit(self, X: csr_array, y: NDArray[np.float64]) -> "AttributeHeads":
        """Fit linear heads on the rows whose label is known; NaN means unknown.

        A head with one class or none keeps weights of zero and a score of one half.
        """
        coef = np.zeros((X.shape[1], len(ATTRIBUTES)), np.float32)
        intercept = np.zeros(len(ATTRIBUTES), np.float32)
        for i in range(len(ATTRIBUTES)):
            known = ~np.isnan(y[:, i])
            labels = y[known, i]
            if len(np.unique(labels)) < 2:
                continue
            head = LogisticRegression(
                C=self.strength, solver="liblinear", random_state=self.seed
            )
            head.fit(X[known], labels)
            coef[:, i] = head.coef_[0]
            intercept[i] = head.intercept_[0]
        hidden = np.zeros((0, len(ATTRIBUTES)), np.float32)
        return self.set_weights(
            coef, OutputLayer.straight(intercept, hidden[:, 0], hidden)
        )

    def set_weights(
        self, coef: NDArray[np.float32], bend: OutputLayer
    ) -> "AttributeHeads":
        """Take weights fitted elsewhere; shapes as in the class's attributes."""
        self.coef_ = np.ascontiguousarray(coef, np.float32)
        self.intercept_ = np.asarray(bend.intercept, np.float32)
        self.hidden_bias_ = np.asarray(bend.bias, np.float32)
        self.hidden_out_ = np.asarray(bend.out, np.float32)
        self.knee_ = np.asarray(bend.knee, np.float32)
        self.rise_ = np.asarray(bend.rise, np.float32)
        return self

    @property
    def bend(self) -> OutputLayer:
        """What turns sums into log-odds."""
        return OutputLayer(*(getattr(self, f"{name}_") for name in BEND))

    def decision_function(self, X: csr_array) -> NDArray[np.float32]:
        """Return log-odds, one row per comment and one column per attribute."""
        return self.bend.log_odds(X @ self.coef_)

    def predict_proba(self, X: csr_array) -> NDArray[np.float32]:
        """Return the probability of each attribute (not of each class of one)."""
        probabilities: NDArray[np.float32] = 0.5 + 0.5 * np.tanh(
            0.5 * self.decision_function(X)
        )
        return probabilities
