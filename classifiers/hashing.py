"""A batch of submissions as hashed features, without merging what belongs together.

A token counts once per document, a pair of words too; a token's own features (the whole
word and its letter n-grams) are worked out once per batch. Whoever sums up weights
goes the same two steps: features into tokens, tokens into comments.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers import ngrams, tokens
from classifiers.fields import Submission
from classifiers.flags import FLAGS, flags
from classifiers.ngrams import ORDERS
from classifiers.normalise import Stream, normalise
from classifiers.tokens import Pairs, Tokens
from classifiers.weights import Rows

DOCUMENTS = ("text", "author", "url", "email")
"""The parts of a submission that are read letter by letter."""

_SCATTER = np.uint32(0x165667B1)
_SCATTER_WIDE = np.uint64(0xA0761D6478BD642F)
_SALTS = np.array(
    [0, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1, 0x510E527FADE682D1], np.uint64
)


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
    features: Rows
    """One row per order of n-gram and distinct token, in this nesting; words first."""
    members: Rows
    """One row per document: its distinct tokens."""
    paired: Rows
    """One row per document: the columns of its pairs."""
    flags: Rows
    """One row per comment: the columns of its flags."""
    scale: NDArray[np.float32]
    """What each feature of a document counts."""


@dataclass(frozen=True)
class Hashing:
    """How submissions are hashed; part of a model, as its weights mean nothing without.

    `bits`: the text's features share 2**bits columns; `field_bits`: those of the other
    fields 2**field_bits more; then one column per flag. A document with n
    features weighs each of them n**-damping.
    """

    bits: int = 19
    field_bits: int = 16
    damping: float = 0.3

    @property
    def first_field(self) -> int:
        """First column that is not about the text's wording."""
        return 1 << self.bits

    @property
    def first_flag(self) -> int:
        """Column of the first flag; the others follow in the order of FLAGS."""
        return self.first_field + (1 << self.field_bits)

    @property
    def columns(self) -> int:
        """Number of all columns."""
        return self.first_flag + len(FLAGS)

    def bag(self, comments: Sequence[Submission]) -> Bag:
        """Normalise and hash a batch of at least one comment."""
        stream = normalise(_documents(comments))
        found = tokens.tokens(stream)
        pairs = tokens.pairs(found)
        part = found.documents // len(comments)
        kinds, examples = _distinct(found.hashes ^ _SALTS[part])
        features = self._features(stream, found, examples, part[examples])
        documents = len(stream.bounds) - 1
        members = _set_rows(found.documents, kinds, documents)
        columns = self._scatter(_fold(pairs.hashes), part[pairs.first])
        paired = _set_rows(found.documents[pairs.first], columns, documents)
        return Bag(
            len(comments),
            len(examples),
            stream,
            found,
            pairs,
            kinds,
            features,
            members,
            paired,
            self._flags(comments),
            self._scale(features, members, paired, len(examples)),
        )

    def columns_of_pairs(self, bag: Bag) -> NDArray[np.int32]:
        """Return the column of every pair of a batch, repeated ones too."""
        part = bag.tokens.documents[bag.pairs.first] // bag.comments
        return self._scatter(_fold(bag.pairs.hashes), part)

    def columns_of_text(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the columns of n-grams of the text."""
        return self._scatter(hashes, np.zeros(len(hashes), np.int64))

    def _features(
        self,
        stream: Stream,
        found: Tokens,
        examples: NDArray[np.int64],
        part: NDArray[np.int64],
    ) -> Rows:
        indices = [self._scatter(_fold(found.hashes[examples]), part)]
        counts = [np.ones(len(examples), np.int64)]
        grams = ngrams.ngrams(stream, found.starts[examples], found.ends[examples])
        for each in grams:
            indices.append(self._scatter(each.hashes, part[each.owner]))
            counts.append(np.bincount(each.owner, minlength=len(examples)))
        return Rows(np.concatenate(indices), _edges(np.concatenate(counts)))

    def _scatter(
        self, hashes: NDArray[np.uint32], part: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Return the columns of hashes in the given parts of DOCUMENTS."""
        columns = (hashes * _SCATTER) >> np.uint32(32 - self.bits)
        if part.any():
            other = np.flatnonzero(part)
            salted = hashes[other] ^ _SALTS[part[other]].astype(np.uint32)
            spread = (salted * _SCATTER) >> np.uint32(32 - self.field_bits)
            columns[other] = spread + np.uint32(self.first_field)
        return columns.view(np.int32)

    def _flags(self, comments: Sequence[Submission]) -> Rows:
        raised = [flags(comment) for comment in comments]
        flat = np.array([flag for each in raised for flag in each], np.int32)
        counts = np.fromiter(map(len, raised), np.int64, len(raised))
        return Rows(flat + np.int32(self.first_flag), _edges(counts))

    def _scale(
        self, features: Rows, members: Rows, paired: Rows, kinds: int
    ) -> NDArray[np.float32]:
        per_kind = np.diff(features.indptr).reshape(len(ORDERS) + 1, kinds).sum(axis=0)
        before = np.zeros(len(members.indices) + 1, np.int64)
        np.cumsum(per_kind[members.indices], out=before[1:])
        count = np.diff(before[members.indptr]) + np.diff(paired.indptr)
        scale: NDArray[np.float32] = np.maximum(count, 1) ** np.float32(-self.damping)
        return scale.astype(np.float32)


def _fold(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Keep the best 32 bits of wide hashes."""
    return (hashes * _SCATTER_WIDE >> np.uint64(32)).astype(np.uint32)


def _documents(comments: Sequence[Submission]) -> list[str]:
    texts = [comment.text for comment in comments]
    names = [comment.author or "" for comment in comments]
    websites = [_address(comment.url) if comment.url else "" for comment in comments]
    domains = [(c.email or "").rpartition("@")[2] for c in comments]
    return texts + names + websites + domains


def _address(url: str) -> str:
    """Leave out what every address has, keep host and path."""
    return url.split("://", 1)[-1].removeprefix("www.")


def _distinct(
    hashes: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each item which distinct one it is, and an example of each.

    Items meet in a table with one place per value of their hash's first bits; the few
    that find another item in their place are sorted instead.
    """
    number = len(hashes)
    bits = np.uint64(63 - number.bit_length())
    place = (hashes >> bits).view(np.int64)
    table = np.empty(2 << number.bit_length(), np.int64)
    table[place] = np.arange(number)
    example = table[place]
    crowded = np.flatnonzero(hashes[example] != hashes)
    if len(crowded):
        _, first, back = np.unique(
            hashes[crowded], return_index=True, return_inverse=True
        )
        example[crowded] = crowded[first][back]
    is_example = example == np.arange(number)
    rank = np.cumsum(is_example) - 1
    return rank[example], np.flatnonzero(is_example)


def _set_rows(
    rows: NDArray[np.int64], columns: NDArray[np.integer], number: int
) -> Rows:
    """Return the distinct columns of each row."""
    keys = (rows << 32) | columns
    keys.sort()
    new = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys = keys[new]
    edges = np.searchsorted(keys, np.arange(number + 1) << 32)
    return Rows((keys & 0xFFFFFFFF).astype(np.int32), edges.astype(np.int32))


def _edges(counts: NDArray[np.int64]) -> NDArray[np.int32]:
    edges = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=edges[1:])
    return edges
