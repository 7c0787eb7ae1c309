"""Words, pictures and runs of signs of a stream, each with a 64-bit hash.

The hash is a polynomial over scrambled code points modulo 2**64, so prefix sums give the
hash of every token at once, whatever its length.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classifiers.text.alphabets import PICTURE, SIGN, WORD
from classifiers.text.stream import Stream

_SCRAMBLE = np.uint32(0x9E3779B1)
_SHIFT = np.uint32(15)
# Comments of ordinary length share one table of powers.
_LEAST_POWERS = 14
# Odd, so that it has an inverse modulo 2**64.
_BASE = 0x9FB21C651E98DF25
_BASE_OF_PAIRS = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True)
class Tokens:
    """Token i is `[starts[i], ends[i])` of the stream, in document `documents[i]`."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    documents: NDArray[np.int64]
    is_word: NDArray[np.bool_]
    """Words and pictures; not signs."""


@dataclass(frozen=True)
class Pairs:
    """Two words that follow each other in a document, signs between them or not."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    """Indices of tokens."""
    hashes: NDArray[np.uint64]


def scramble(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Spread code points over 32 bits, so that sums of them seldom meet."""
    mixed = codes * _SCRAMBLE
    return mixed ^ (mixed >> _SHIFT)


def tokens(stream: Stream) -> Tokens:
    """Cut a stream into tokens, in its order."""
    kind = stream.kind
    word = (kind & np.uint16(WORD)).astype(np.uint8)
    word |= ((kind & np.uint16(SIGN)) > 0).view(np.uint8) << np.uint8(1)
    edge = np.empty(len(word) + 1, bool)
    edge[0] = edge[-1] = False
    np.not_equal(word[1:], word[:-1], out=edge[1:-1])
    starts = edge[:-1] & (word > 0)
    ends = edge[1:].copy()
    ends &= word > 0
    picture = stream.is_kind(PICTURE)
    starts |= picture
    ends |= picture
    start = np.flatnonzero(starts)
    end = np.flatnonzero(ends) + 1
    return Tokens(
        start,
        end,
        _hashes(stream.codes, start, end),
        _documents(start, stream.bounds),
        word[start] != 2,
    )


def pairs(found: Tokens) -> Pairs:
    """Return the neighbouring words."""
    words = np.flatnonzero(found.is_word)
    documents = found.documents[words]
    same = np.flatnonzero(documents[1:] == documents[:-1])
    first, second = words[same], words[same + 1]
    hashes = found.hashes[first] * _BASE_OF_PAIRS + found.hashes[second]
    return Pairs(first, second, hashes)


def _documents(
    starts: NDArray[np.int64], bounds: NDArray[np.int64]
) -> NDArray[np.int64]:
    at = starts.searchsorted(bounds)
    return np.arange(len(bounds) - 1).repeat(at[1:] - at[:-1])


def _hashes(
    codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint64]:
    powers, inverses = _powers(1 << max(len(codes).bit_length(), _LEAST_POWERS))
    total = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(scramble(codes) * powers[: len(codes)], out=total[1:])
    # The difference is the token's polynomial times base**start: divide it out.
    return (total[ends] - total[starts]) * inverses[starts]


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    result = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        factors = np.full(size, base, np.uint64)
        factors[0] = 1
        result.append(np.multiply.accumulate(factors))
    return result[0], result[1]
