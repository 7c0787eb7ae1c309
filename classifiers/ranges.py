"""Arithmetic on positions of an array: where runs begin and end, what ranges hold."""

import numpy as np
from numpy.typing import NDArray


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
