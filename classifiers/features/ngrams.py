"""The letter n-grams of tokens as hash numbers, many tokens at a time.

A rolling polynomial hash modulo 2**32 (Karp and Rabin, 1987) over scrambled code points
costs one multiplication and one addition per position and order. A token is read
with a blank on either side, so that beginnings and ends of words differ from middles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import spread
from classifiers.features.tokens import scramble
from classifiers.text.alphabets import BLANK, LATIN
from classifiers.text.stream import Stream

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
    fine = _need_short_orders(stream.kind[at], first, lengths)[owner]
    any_fine = bool(fine.any())

    found = []
    rolling = read
    for order in ORDERS:
        if order > 1:
            rolling = rolling[:-1] * _BASE + read[order - 1 :]
        if order < _FIRST_ORDER_OF_ALL and not any_fine:
            found.append(_none_of(order))
            continue
        fits = left[: len(rolling)] >= order
        if order == 1:
            fits &= fine & (left > 1) & (left < lengths[owner])
        elif order < _FIRST_ORDER_OF_ALL:
            fits &= fine[: len(rolling)]
        where = fits.nonzero()[0]
        owners = owner[where]
        found.append(Grams(order, rolling[where], owners, where - first[owners] - 1))
    return found


def _none_of(order: int) -> Grams:
    nowhere = np.zeros(0, np.int64)
    return Grams(order, np.zeros(0, np.uint32), nowhere, nowhere)


def _need_short_orders(
    kind: NDArray[np.uint16], first: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Say of tokens, each read with what is before and after it, which are not Latin."""
    latin = ((kind & np.uint16(LATIN)) != 0).cumsum()
    letters = lengths - 2
    found = latin[first + letters] - latin[first]
    fine: NDArray[np.bool_] = (found < letters) | (letters <= _SHORT_WORD)
    return fine
