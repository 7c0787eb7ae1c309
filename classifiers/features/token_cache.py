"""Tokens met before and what their features add up to, so that it is not summed again.

Most words of a comment are words of the last thousand comments. The lexicon holds the exact
sums, so a score is the same whether a word was known or not; each token has one
place, and a newcomer takes it over.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

_BITS = 17
_SHIFT = np.uint64(64 - _BITS)


@dataclass(frozen=True)
class Recalled:
    """What is known of the tokens asked for.

    `known` marks them; `counts` (features) and `sums` have one row for each that is.
    """

    known: NDArray[np.bool_]
    counts: NDArray[np.int32]
    sums: NDArray[np.float32]


class TokenCache:
    """Sums by token hash for one table of weights; safe to share between threads."""

    def __init__(self, outputs: int) -> None:
        self._keys = np.zeros(1 << _BITS, np.uint64)
        self._counts = np.zeros(1 << _BITS, np.int32)
        # Untouched pages of zeros take no memory: it grows with the words met.
        self._sums = np.zeros((1 << _BITS, outputs), np.float32)
        self._lock = Lock()

    def recall(self, hashes: NDArray[np.uint64]) -> Recalled:
        """Return what is known of distinct tokens, by their hashes."""
        places = (hashes >> _SHIFT).view(np.int64)
        with self._lock:
            # Every token has a feature: a count of zero is an empty place.
            counts = self._counts[places]
            known = (self._keys[places] == hashes) & (counts > 0)
            return Recalled(known, counts[known], self._sums[places[known]])

    def learn(
        self,
        hashes: NDArray[np.uint64],
        counts: NDArray[np.int32],
        sums: NDArray[np.float32],
    ) -> None:
        """Remember distinct tokens; of two that claim one place, one has it."""
        places = (hashes >> _SHIFT).view(np.int64)
        with self._lock:
            self._keys[places] = hashes
            has = self._keys[places] == hashes
            if not has.all():
                places, counts, sums = places[has], counts[has], sums[has]
            self._counts[places] = counts
            self._sums[places] = sums
