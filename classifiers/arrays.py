"""Rows of columns, the form that all sums are made over, and how to find what is distinct."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The table of distinct items has 4 to 8 places per item, and for few items more: then
# hardly any two meet, and sorting is saved. It still is smaller than what malloc maps anew.
_ROOM = 2
_LEAST_BITS = 14
# Odd, so that multiplying keeps keys apart.
_SPREAD = np.uint64(0xA0761D6478BD642F)


@dataclass(frozen=True)
class Rows:
    """Sparse rows of ones: row i has the columns `indices[indptr[i] : indptr[i + 1]]`."""

    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]

    @property
    def lengths(self) -> NDArray[np.int32]:
        """How many columns each row has."""
        return self.indptr[1:] - self.indptr[:-1]

    def part(self, first: int, last: int) -> "Rows":
        """Return the rows from `first` up to but not including `last`."""
        bounds = self.indptr[first : last + 1]
        return Rows(self.indices[bounds[0] : bounds[-1]], bounds - bounds[0])


def distinct(
    hashes: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each item which distinct one it is, and an example of each.

    Items meet in a table with one place per value of their hash's first bits; the few
    that find another item in their place are sorted instead.
    """
    number = len(hashes)
    bits = max(number.bit_length() + _ROOM, _LEAST_BITS)
    place = (hashes >> np.uint64(64 - bits)).view(np.int64)
    table = np.empty(1 << bits, np.int32)
    everyone = np.arange(number, dtype=np.int32)
    table[place] = everyone
    example = table[place]
    crowded = (hashes[example] != hashes).nonzero()[0]
    if len(crowded):
        _, first, back = np.unique(
            hashes[crowded], return_index=True, return_inverse=True
        )
        example[crowded] = crowded[first][back]
    is_example = example == everyone
    examples = is_example.nonzero()[0]
    rank = np.empty(number, np.int64)
    rank[examples] = np.arange(len(examples))
    return rank[example], examples


def set_rows(
    rows: NDArray[np.int64], columns: NDArray[np.integer], number: int
) -> Rows:
    """Return the distinct columns of each row; `rows` ascends."""
    keys = ((rows << 32) | columns).view(np.uint64) * _SPREAD
    _, kept = distinct(keys)
    counts = np.bincount(rows[kept], minlength=number)
    return Rows(columns[kept].astype(np.int32), edges(counts))


def edges(counts: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return where rows of the given lengths begin, and the end."""
    found = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=found[1:])
    return found


def stacked(*parts: Rows) -> Rows:
    """Return the rows of all parts, one part after the other."""
    begins, ends = [np.zeros(1, np.int32)], 0
    for part in parts:
        begins.append(part.indptr[1:] + np.int32(ends))
        ends += len(part.indices)
    indices = np.concatenate([part.indices for part in parts])
    return Rows(indices, np.concatenate(begins))


def marked(
    word: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each run of marked positions begins and ends (exclusive)."""
    edges = np.flatnonzero(word[1:] != word[:-1]) + 1
    return edges[0::2], edges[1::2]


def runs(at: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first and last of each run of neighbouring positions."""
    breaks = np.flatnonzero(np.diff(at) != 1)
    first = at[np.concatenate(([0], breaks + 1))]
    last = at[np.concatenate((breaks, [len(at) - 1]))]
    return first, last


def spread(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every position of the given ranges."""
    lengths = ends - starts
    offsets = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return offsets + np.arange(len(offsets))
