"""A batch read for explanation: what each token adds to every sum of the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.features.batch import DOCUMENTS, Bag
from classifiers.features.metadata import FLAGS
from classifiers.features.submission import Submission
from classifiers.serving.model import Model, Sums


@dataclass(frozen=True)
class CommentSlice:
    """One comment of a batch: its place there, its tokens, and the plane it is on."""

    number: int
    tokens: NDArray[np.int64]
    """Indices into the batch's tokens, the text's first."""
    slope: NDArray[np.float32]
    """What a step of each output of the table adds to each attribute."""
    start: NDArray[np.float32]


@dataclass(frozen=True)
class Contributions:
    """A batch, and what each of its tokens adds to every output of the table."""

    model: Model
    bag: Bag
    sums: Sums
    repeats: NDArray[np.int64]
    """How often each token is in its document."""
    per_token: NDArray[np.float64]

    def parts(self) -> Iterator["CommentSlice"]:
        """Yield the comments of the batch in order."""
        bag = self.bag
        owners = bag.tokens.documents % bag.comments
        order = np.argsort(owners, kind="stable")
        bounds = np.searchsorted(owners[order], np.arange(1, bag.comments))
        for number, own in enumerate(np.split(order, bounds)):
            yield CommentSlice(
                number, own, *self.model.bend.around(self.sums.total[number])
            )


def read(model: Model, comments: Sequence[Submission]) -> Contributions:
    """Read a batch of at least one comment in one pass."""
    bag = model.bag(comments)
    sums = model.sums(bag)
    repeats = _repeats(bag.tokens.documents, bag.kinds)
    per_token = _per_token(model, bag, sums, repeats)
    return Contributions(model, bag, sums, repeats, per_token)


def _per_token(
    model: Model, bag: Bag, sums: Sums, repeats: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Share out each distinct token's sums among its occurrences, a pair's among both."""
    found, pairs = bag.tokens, bag.pairs
    own = (sums.of_tokens * model.table.step).astype(np.float64)[bag.kinds]
    own /= repeats[:, None]
    columns = model.hashing.columns_of_pairs(bag)
    documents = found.documents[pairs.first]
    shared = model.table.of(columns).astype(np.float64)
    shared /= 2.0 * _repeats(documents, columns)[:, None]
    # A word is the first of one pair at most, and the second of one at most.
    own[pairs.first] += shared
    own[pairs.second] += shared
    own *= sums.scale[found.documents][:, None]
    return own


def _repeats(
    documents: NDArray[np.int64], kinds: NDArray[np.integer]
) -> NDArray[np.int64]:
    """Return how often each item occurs in its own document."""
    keys = (documents << 32) | kinds
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    repeats: NDArray[np.int64] = counts[inverse]
    return repeats


def named(
    reading: Contributions, part: CommentSlice, parts: NDArray[np.float64]
) -> list[tuple[str, list[float]]]:
    """Return the parts of the other fields' wording and of the flags."""
    bag, model = reading.bag, reading.model
    field = bag.tokens.documents[part.tokens] // bag.comments
    named = []
    for i, name in enumerate(DOCUMENTS[1:], start=1):
        inside = field == i
        if inside.any():
            named.append((name, parts[inside].sum(axis=0).tolist()))
    columns = bag.flags().part(part.number, part.number + 1).indices
    raised = (model.table.of(columns) @ part.slope).tolist()
    for column, added in zip(columns.tolist(), raised, strict=True):
        named.append((FLAGS[column - model.hashing.first_flag], added))
    return named
