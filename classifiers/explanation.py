"""What moved a score: places in the text as it was typed, and facts by name.

The models are linear around a comment, so nothing is estimated: each feature's part is
its weight times its value, and the parts add up with the intercept to the log-odds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers import graphemes, ngrams
from classifiers.attributes import ATTRIBUTES
from classifiers.bag import DOCUMENTS, Bag
from classifiers.fields import Submission
from classifiers.flags import FLAGS
from classifiers.model import Model
from classifiers.ranges import spread

# Longer tokens are explained letter by letter; sooner in scripts that use no blanks.
_LONG = 16
_LONG_IDEOGRAPHIC = 4
_FIRST_IDEOGRAPHIC = 0x2E80
# More marks than anyone reads: neighbours share one from here on.
_MOST = 500


@dataclass(frozen=True)
class Span:
    """A stretch of the original text, in code points, and what it added in log-odds."""

    begin: int
    end: int
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """Why one attribute has the score it has.

    `intercept` + all contributions of `spans` and `features` = `log_odds`.
    """

    probability: float
    intercept: float
    log_odds: float
    spans: tuple[Span, ...]
    features: Mapping[str, float]


@dataclass(frozen=True)
class _Pieces:
    """Stretches of the stream and what each added to every attribute."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    parts: NDArray[np.float64]


def explain(model: Model, comment: Submission) -> dict[str, Explanation]:
    """Return the explanation of every attribute's score of one comment."""
    bag = model.bag([comment])
    slope, start = model.bend.around(model.sums(bag)[0])
    scale = model.hashing.scale(bag)
    parts = _per_token(model, bag) * scale[bag.tokens.documents][:, None] @ slope
    spans = _spans(comment.text, bag, _pieces(model, bag, slope * scale[0], parts))
    named = _named(model, bag, slope, parts)
    found = {}
    for i, attribute in enumerate(ATTRIBUTES):
        own = tuple(Span(b, e, part[i]) for b, e, part in spans if part[i])
        features = {name: part[i] for name, part in named if part[i]}
        intercept = float(start[i])
        log_odds = math.fsum(
            [intercept, *(s.contribution for s in own), *features.values()]
        )
        found[str(attribute)] = Explanation(
            _logistic(log_odds), intercept, log_odds, own, features
        )
    return found


def _logistic(log_odds: float) -> float:
    return 0.5 + 0.5 * math.tanh(0.5 * log_odds)


def _per_token(model: Model, bag: Bag) -> NDArray[np.float64]:
    """Share out each distinct token's sums among its occurrences, a pair's among both."""
    found, pairs = bag.tokens, bag.pairs
    own = (model.of_tokens(bag) * model.table.step).astype(np.float64)[bag.kinds]
    own /= _repeats(found.documents, bag.kinds)[:, None]
    columns = model.hashing.columns_of_pairs(bag)
    documents = found.documents[pairs.first]
    shared = model.table.of(columns).astype(np.float64)
    shared /= 2.0 * _repeats(documents, columns)[:, None]
    # A word is the first of one pair at most, and the second of one at most.
    own[pairs.first] += shared
    own[pairs.second] += shared
    return own


def _repeats(
    documents: NDArray[np.int64], kinds: NDArray[np.integer]
) -> NDArray[np.int64]:
    """Return how often each item occurs in its own document."""
    keys = (documents << 32) | kinds
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    repeats: NDArray[np.int64] = counts[inverse]
    return repeats


def _pieces(
    model: Model, bag: Bag, slope: NDArray[np.float32], parts: NDArray[np.float64]
) -> _Pieces:
    """Return the text's tokens, the long ones taken apart into letters.

    `slope` says what a step of each output of the text adds to each attribute.
    """
    inside = bag.tokens.documents == 0
    starts, ends = bag.tokens.starts[inside], bag.tokens.ends[inside]
    parts = parts[inside]
    ideographic = bag.stream.codes[starts] >= _FIRST_IDEOGRAPHIC
    most = np.where(ideographic, _LONG_IDEOGRAPHIC, _LONG)
    long = np.flatnonzero(ends - starts > most)
    if not len(long):
        return _Pieces(starts, ends, parts)
    repeats = _repeats(bag.tokens.documents, bag.kinds)[inside]
    factor = (1.0 / repeats[long])[:, None]
    lengths = ends[long] - starts[long]
    first = np.cumsum(lengths) - lengths
    letters = np.zeros((int(lengths.sum()), parts.shape[1]))
    rest = parts[long].copy()
    for grams in ngrams.ngrams(bag.stream, starts[long], ends[long]):
        columns = model.hashing.columns_of_text(grams.hashes)
        weights = model.table.of(columns) @ slope * factor[grams.owner]
        length = lengths[grams.owner]
        begin = np.maximum(grams.place, 0)
        share = (
            weights / (np.minimum(grams.place + grams.order, length) - begin)[:, None]
        )
        for at in (grams.place + offset for offset in range(grams.order)):
            held = (at >= 0) & (at < length)
            letters[first[grams.owner[held]] + at[held]] += share[held]
        rest -= _sums(weights, grams.owner, len(long))
    # What is left is the whole token and its pairs: every letter has the same part in it.
    letters += np.repeat(rest / lengths[:, None], lengths, axis=0)
    at = spread(starts[long], ends[long])
    kept = np.ones(len(starts), bool)
    kept[long] = False
    all_starts = np.concatenate((starts[kept], at))
    order = np.argsort(all_starts)
    return _Pieces(
        all_starts[order],
        np.concatenate((ends[kept], at + 1))[order],
        np.concatenate((parts[kept], letters))[order],
    )


def _spans(text: str, bag: Bag, pieces: _Pieces) -> list[tuple[int, int, list[float]]]:
    """Move pieces back to where they came from, widened to whole characters."""
    begins_here = graphemes.starts(text)
    at = np.arange(len(begins_here))
    down = np.maximum.accumulate(np.where(begins_here, at, 0))
    up = np.minimum.accumulate(np.where(begins_here, at, len(text))[::-1])[::-1]
    origin = bag.stream.origin
    begin = down[origin[pieces.starts]]
    # Two letters may come from one (sharp s): neither is nowhere.
    end = up[np.maximum(origin[pieces.ends], origin[pieces.starts] + 1)]
    if not len(begin):
        return []
    apart = np.ones(len(begin), bool)
    apart[1:] = begin[1:] >= np.maximum.accumulate(end)[:-1]
    group = np.cumsum(apart) - 1
    group //= group[-1] // _MOST + 1
    first = np.flatnonzero(np.diff(group, prepend=-1))
    parts = np.add.reduceat(pieces.parts, first, axis=0)
    edges = zip(
        begin[first].tolist(), np.maximum.reduceat(end, first).tolist(), strict=True
    )
    return [(b, e, part) for (b, e), part in zip(edges, parts.tolist(), strict=True)]


def _sums(
    values: NDArray[np.float64], owner: NDArray[np.int64], number: int
) -> NDArray[np.float64]:
    columns = [np.bincount(owner, column, number) for column in values.T]
    return np.stack(columns, axis=1)


def _named(
    model: Model, bag: Bag, slope: NDArray[np.float32], parts: NDArray[np.float64]
) -> list[tuple[str, list[float]]]:
    """Return the parts of the other fields' wording and of the flags."""
    named = []
    for i, name in enumerate(DOCUMENTS[1:], start=1):
        inside = bag.tokens.documents == i
        if inside.any():
            named.append((name, parts[inside].sum(axis=0).tolist()))
    columns = bag.flags().indices
    raised = (model.table.of(columns) @ slope).tolist()
    for column, part in zip(columns.tolist(), raised, strict=True):
        named.append((FLAGS[column - model.hashing.first_flag], part))
    return named
