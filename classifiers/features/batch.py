"""A batch of submissions as hashed features, before any weight is looked up."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Rows
from classifiers.features.ngrams import ORDERS
from classifiers.features.token_cache import Recalled
from classifiers.features.tokens import Pairs, Tokens
from classifiers.text.stream import Stream

DOCUMENTS = ("text", "author", "url", "email")
"""The parts of a submission that are read letter by letter."""

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Bag:
    """What a batch holds. Documents: all texts, then all names, websites, mail domains."""

    comments: int
    distinct: int
    """Number of distinct tokens."""
    stream: Stream
    tokens: Tokens
    pairs: Pairs
    kinds: NDArray[np.int64]
    """Which distinct token each token is."""
    recalled: Recalled | None
    """What the lexicon knew of the distinct tokens."""
    new_hashes: NDArray[np.uint64]
    """The distinct tokens that it did not know, and how many features they have."""
    new_counts: NDArray[np.int32]
    rows: Rows
    """All that is looked up: one row per order of n-gram and new token, in this nesting,
    whole words first; per document its pairs; per comment its flags."""
    members: Rows
    """One row per document: its distinct tokens."""

    def features(self) -> Rows:
        """Return the rows of the new tokens."""
        return self.rows.part(0, self.of_tokens)

    def paired(self) -> Rows:
        """Return one row per document: the columns of its pairs."""
        return self.rows.part(self.of_tokens, self.of_tokens + self.documents)

    def flags(self) -> Rows:
        """Return one row per comment: the columns of its flags."""
        begin = self.of_tokens + self.documents
        return self.rows.part(begin, begin + self.comments)

    @property
    def documents(self) -> int:
        """Number of documents."""
        return len(self.stream.bounds) - 1

    @property
    def of_tokens(self) -> int:
        """Number of rows of the new tokens."""
        return (len(ORDERS) + 1) * len(self.new_hashes)

    def merged(self, new: NDArray[T], recalled: NDArray[T] | None) -> NDArray[T]:
        """Return rows for all distinct tokens from those of new and recalled ones."""
        if self.recalled is None or recalled is None:
            return new
        if not len(new):
            return recalled
        whole = np.empty((self.distinct, *new.shape[1:]), new.dtype)
        whole[self.recalled.known] = recalled
        whole[~self.recalled.known] = new
        return whole
