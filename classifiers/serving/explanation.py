"""What moved a score: places in the text as it was typed, and facts by name.

The models are linear around a comment, so nothing is estimated: each feature's part is
its weight times its value, and the parts add up with the intercept to the log-odds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import spread
from classifiers.attributes import ATTRIBUTES
from classifiers.features import ngrams
from classifiers.features.batch import Bag
from classifiers.features.submission import Submission
from classifiers.serving.contributions import CommentSlice, Contributions, named, read
from classifiers.serving.model import Model
from classifiers.text import graphemes

# Longer tokens are explained letter by letter; sooner in scripts that use no blanks.
_LONG = 16
_LONG_IDEOGRAPHIC = 4
_FIRST_IDEOGRAPHIC = 0x2E80
# More marks than anyone reads: neighbours share one from here on.
_MOST = 500


class Span(NamedTuple):
    """A stretch of the original text, in code points, and what it added in log-odds."""

    begin: int
    end: int
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """Why one attribute has the score it has.

    `intercept` + all contributions of `spans` and `features` = `log_odds`. `edges` are
    shared by all attributes of a comment; `parts` is what each stretch added to this one.
    """

    probability: float
    intercept: float
    log_odds: float
    edges: Sequence[tuple[int, int]]
    parts: Sequence[float]
    features: Mapping[str, float]

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The stretches that moved the score; made when asked for, as few are."""
        return tuple(
            Span(begin, end, part)
            for (begin, end), part in zip(self.edges, self.parts, strict=True)
            if part
        )


@dataclass(frozen=True)
class _Pieces:
    """Stretches of the stream and what each added to every attribute."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    parts: NDArray[np.float64]


def explain(
    model: Model, comments: Sequence[Submission]
) -> list[dict[str, Explanation]]:
    """Return for each of at least one comment the explanation of every score.

    The batch is read in one pass; a comment is explained alike in whatever batch.
    """
    reading = read(model, comments)
    return [
        _explain(reading, part, comment.text)
        for part, comment in zip(reading.parts(), comments, strict=True)
    ]


def _explain(
    reading: Contributions, part: CommentSlice, text: str
) -> dict[str, Explanation]:
    parts = reading.per_token[part.tokens] @ part.slope
    edges, moved = _marks(text, reading.bag, _pieces(reading, part, parts))
    elsewhere = named(reading, part, parts)
    found = {}
    for i, attribute in enumerate(ATTRIBUTES):
        own = moved[:, i].tolist()
        features = {name: added[i] for name, added in elsewhere if added[i]}
        intercept = float(part.start[i])
        log_odds = math.fsum([intercept, *own, *features.values()])
        found[str(attribute)] = Explanation(
            _logistic(log_odds), intercept, log_odds, edges, own, features
        )
    return found


def _logistic(log_odds: float) -> float:
    return 0.5 + 0.5 * math.tanh(0.5 * log_odds)


def _pieces(
    reading: Contributions, part: CommentSlice, parts: NDArray[np.float64]
) -> _Pieces:
    """Return the text's tokens, the long ones taken apart into letters."""
    bag, hashing = reading.bag, reading.model.hashing
    inside = part.tokens[bag.tokens.documents[part.tokens] == part.number]
    starts, ends = bag.tokens.starts[inside], bag.tokens.ends[inside]
    parts = parts[: len(inside)]
    ideographic = bag.stream.codes[starts] >= _FIRST_IDEOGRAPHIC
    most = np.where(ideographic, _LONG_IDEOGRAPHIC, _LONG)
    long = np.flatnonzero(ends - starts > most)
    if not len(long):
        return _Pieces(starts, ends, parts)
    factor = reading.sums.scale[part.number] / reading.repeats[inside[long]][:, None]
    lengths = ends[long] - starts[long]
    first = np.cumsum(lengths) - lengths
    letters = np.zeros((int(lengths.sum()), parts.shape[1]))
    rest = parts[long].copy()
    for grams in ngrams.ngrams(bag.stream, starts[long], ends[long]):
        columns = hashing.columns_of_text(grams.hashes)
        weights = reading.model.table.of(columns) @ part.slope * factor[grams.owner]
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


def _marks(
    text: str, bag: Bag, pieces: _Pieces
) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Move pieces back to where they came from, widened to whole characters."""
    if not len(pieces.starts):
        return [], pieces.parts
    begins_here = graphemes.starts(text)
    at = np.arange(len(begins_here))
    down = np.maximum.accumulate(np.where(begins_here, at, 0))
    up = np.minimum.accumulate(np.where(begins_here, at, len(text))[::-1])[::-1]
    origin = bag.stream.origin
    begin = down[origin[pieces.starts]]
    # Two letters may come from one (sharp s): neither is nowhere.
    end = up[np.maximum(origin[pieces.ends], origin[pieces.starts] + 1)]
    apart = np.ones(len(begin), bool)
    apart[1:] = begin[1:] >= np.maximum.accumulate(end)[:-1]
    group = np.cumsum(apart) - 1
    group //= group[-1] // _MOST + 1
    first = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.maximum.reduceat(end, first).tolist()
    edges = list(zip(begin[first].tolist(), ends, strict=True))
    return edges, np.add.reduceat(pieces.parts, first, axis=0)


def _sums(
    values: NDArray[np.float64], owner: NDArray[np.int64], number: int
) -> NDArray[np.float64]:
    columns = [np.bincount(owner, column, number) for column in values.T]
    return np.stack(columns, axis=1)
