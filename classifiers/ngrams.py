"""The letter n-grams of tokens as hash numbers, many tokens at a time.

A rolling polynomial hash modulo 2**32 (Karp and Rabin, 1987) over scrambled code points
costs one multiplication and one addition per position and order. A token is read
with a blank on either side, so that beginnings and ends of words differ from middles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.alphabets import BLANK, LATIN
from classifiers.normalise import Stream
from classifiers.ranges import spread
from classifiers.tokens import scramble

_BASE = np.uint32(0x01000193)
ORDERS = (1, 2, 3, 4, 5)
# Latin words have enough of the longer ones; other scripts say much in one or two letters.
_FIRST_ORDER_OF_ALL = 3
_SHORT_WORD = 2


@dataclass(frozen=True)
class Grams:
    """N-grams of one order: the hash, the token it is in, its place in the token."""

    order: int
    hashes: NDArray[np.uint32]
    owner: NDArray[np.int64]
    place: NDArray[np.int64]
    """Index of the first letter; -1 for the blank before the token."""


def ngrams(
    stream: Stream, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> list[Grams]:
    """Return the n-grams of the given tokens, one entry per order, by token."""
    lengths = ends - starts + 2
    at = spread(starts - 1, ends + 1)
    first = np.cumsum(lengths) - lengths
    read = scramble(stream.codes[at])
    read[first] = BLANK
    read[first + lengths - 1] = BLANK
    owner = np.repeat(np.arange(len(starts)), lengths)
    left = np.repeat(first + lengths, lengths) - np.arange(len(at))
    fine = _need_short_orders(stream, starts, ends)[owner]

    found = []
    rolling = read
    for order in ORDERS:
        if order > 1:
            rolling = rolling[:-1] * _BASE + read[order - 1 :]
        fits = left[: len(rolling)] >= order
        if order == 1:
            fits &= fine & (left > 1) & (left < lengths[owner])
        elif order < _FIRST_ORDER_OF_ALL:
            fits &= fine[: len(rolling)]
        where = np.flatnonzero(fits)
        owners = owner[where]
        found.append(Grams(order, rolling[where], owners, where - first[owners] - 1))
    return found


def _need_short_orders(
    stream: Stream, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.bool_]:
    latin = np.zeros(len(stream.codes) + 1, np.int32)
    np.cumsum(stream.is_kind(LATIN), out=latin[1:])
    length = ends - starts
    return (latin[ends] - latin[starts] < length) | (length <= _SHORT_WORD)
