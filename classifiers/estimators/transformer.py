"""Hashed submissions as a scikit-learn transformer: one sparse row per comment."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from sklearn.base import BaseEstimator, TransformerMixin

from classifiers.arrays import Rows
from classifiers.features import submission
from classifiers.features.batch import DOCUMENTS
from classifiers.features.hashing import Hashing

# Keeps the memory of a large corpus to the result and one piece.
_PIECE = 4096


class SubmissionFeatures(TransformerMixin, BaseEstimator):
    """Hash submissions into a sparse matrix; nothing is learnt from data.

    Columns: the features of the text, those of name, website and e-mail domain, the
    flags. Parameters as in `hashing.Hashing`.
    """

    def __init__(
        self, bits: int = 19, field_bits: int = 16, damping: float = 0.3
    ) -> None:
        self.bits = bits
        self.field_bits = field_bits
        self.damping = damping

    @property
    def hashing(self) -> Hashing:
        """The same parameters as the scorer takes them."""
        return Hashing(self.bits, self.field_bits, self.damping)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(
        self, X: Sequence[Mapping[str, object]], y: object = None
    ) -> "SubmissionFeatures":
        """Do nothing: the columns are fixed."""
        return self

    def transform(self, X: Sequence[Mapping[str, object]]) -> csr_array:
        """Return float32 rows, one per comment; what the scorer multiplies, merged."""
        pieces = [
            self._rows(X[start : start + _PIECE]) for start in range(0, len(X), _PIECE)
        ]
        return csr_array(vstack(pieces, format="csr"))

    def _rows(self, X: Sequence[Mapping[str, object]]) -> csr_array:
        hashing = self.hashing
        bag = hashing.bag([submission.read(each) for each in X])
        features = matrix(bag.features(), hashing.columns)
        kinds = bag.distinct
        nested = np.arange(features.shape[0])
        per_token = _sum_rows(nested % kinds, np.ones(len(nested)), kinds) @ features
        documents = matrix(bag.members, kinds) @ per_token
        documents = documents + matrix(bag.paired(), hashing.columns)
        owner = np.arange(len(DOCUMENTS) * bag.comments) % bag.comments
        merged = _sum_rows(owner, hashing.scale(bag), bag.comments) @ documents
        return csr_array(merged + matrix(bag.flags(), hashing.columns))


def matrix(rows: Rows, columns: int) -> csr_array:
    """Return rows of ones as a matrix."""
    ones = np.ones(len(rows.indices), np.float32)
    shape = (len(rows.indptr) - 1, columns)
    return csr_array((ones, rows.indices, rows.indptr), shape=shape)


def _sum_rows(
    owner: NDArray[np.int64], factor: NDArray[np.floating], rows: int
) -> csr_array:
    """Return the matrix that adds up scaled rows that belong to the same owner."""
    # 32-bit indices: scikit-learn's solvers take no others.
    where = (owner.astype(np.int32), np.arange(len(owner), dtype=np.int32))
    return csr_array((factor.astype(np.float32), where), shape=(rows, len(owner)))
