"""A batch of submissions as hashed features, without merging what belongs together.

A token counts once per document, a pair of words too; a token's own features (the whole
word and its letter n-grams) are worked out once per batch. Whoever sums up weights
goes the same two steps: features into tokens, tokens into comments.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Rows, distinct, edges, set_rows, stacked
from classifiers.features import ngrams, tokens
from classifiers.features.batch import Bag
from classifiers.features.metadata import FLAGS, flags
from classifiers.features.ngrams import ORDERS
from classifiers.features.submission import Submission
from classifiers.features.token_cache import TokenCache
from classifiers.features.tokens import Tokens
from classifiers.text.normalise import normalise
from classifiers.text.stream import Stream

_SCATTER = np.uint32(0x165667B1)
_SCATTER_WIDE = np.uint64(0xA0761D6478BD642F)
# Odd, so that multiplying keeps hashes apart.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SALTS = np.array(
    [0, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1, 0x510E527FADE682D1], np.uint64
)


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

    def bag(
        self, comments: Sequence[Submission], lexicon: TokenCache | None = None
    ) -> Bag:
        """Normalise and hash a batch of at least one comment.

        Tokens that the lexicon knows are not taken apart again.
        """
        stream = normalise(_documents(comments))
        found = tokens.tokens(stream)
        pairs = tokens.pairs(found)
        part = found.documents // len(comments)
        # What finds tokens goes by first bits; those of single letters are all zero.
        hashes = (found.hashes ^ _SALTS[part]) * _SPREAD
        kinds, examples = distinct(hashes)
        recalled = lexicon.recall(hashes[examples]) if lexicon else None
        new = examples[~recalled.known] if recalled else examples
        features = self._features(stream, found, new, part[new])
        per_row = features.lengths.reshape(len(ORDERS) + 1, len(new))
        documents = len(stream.bounds) - 1
        members = set_rows(found.documents, kinds, documents)
        columns = self._scatter(_fold(pairs.hashes), part[pairs.first])
        paired = set_rows(found.documents[pairs.first], columns, documents)
        return Bag(
            len(comments),
            len(examples),
            stream,
            found,
            pairs,
            kinds,
            recalled,
            hashes[new],
            per_row.sum(axis=0, dtype=np.int32),
            stacked(features, paired, self._flags(comments)),
            members,
        )

    def scale(self, bag: Bag) -> NDArray[np.float32]:
        """Return what each feature counts, one factor per document."""
        known = bag.recalled.counts if bag.recalled else None
        per_token = bag.merged(bag.new_counts, known)
        before = np.zeros(len(bag.members.indices) + 1, np.int64)
        np.cumsum(per_token[bag.members.indices], out=before[1:])
        before = before[bag.members.indptr]
        count = before[1:] - before[:-1] + bag.paired().lengths
        scale: NDArray[np.float64] = np.maximum(count, 1) ** -self.damping
        return scale.astype(np.float32)

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
        if not len(examples):
            return Rows(np.zeros(0, np.int32), np.zeros(1, np.int32))
        grams = ngrams.ngrams(stream, found.starts[examples], found.ends[examples])
        owners = [np.arange(len(examples)), *(each.owner for each in grams)]
        hashes = [_fold(found.hashes[examples]), *(each.hashes for each in grams)]
        rows = [owner + i * len(examples) for i, owner in enumerate(owners)]
        counts = np.bincount(np.concatenate(rows), minlength=len(rows) * len(examples))
        columns = self._scatter(np.concatenate(hashes), part[np.concatenate(owners)])
        return Rows(columns, edges(counts))

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
        return Rows(flat + np.int32(self.first_flag), edges(counts))


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
