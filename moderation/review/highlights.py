"""The words of a comment and the facts about it, with how much each moved the scores."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moderation.scorer import Explanation

# In log-odds: less than this moves nobody's mind.
LEAST = 0.25
# Strengths 1, 2 and 3 by share of the word that moved most.
SHARES = (0.2, 0.4, 0.7)
# Around a phrase that is quoted, punctuation says nothing.
EDGES = " \t.,;:!?\"'()[]"
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Part:
    """A stretch of the text; strength 0 is not marked, 3 is marked most."""

    text: str
    strength: int
    moved: float = 0.0


@dataclass(frozen=True)
class Fact:
    """Something about a comment besides its words, and its share of a score.

    Of all that raised or lowered the log-odds; below zero for what lowered them.
    """

    name: str
    share: float


def facts(explanations: Iterable[Explanation], limit: int = 5) -> list[Fact]:
    """What moved the scores besides the words, up or down, the strongest first.

    Where several attributes are explained, the one that a fact moved most counts.
    """
    shares: dict[str, float] = {}
    for explanation in explanations:
        features = explanation.features
        whole = sum(abs(span.contribution) for span in explanation.spans)
        whole += sum(map(abs, features.values()))
        for name, value in features.items():
            share = value / whole if abs(value) >= LEAST else 0.0
            if abs(share) > abs(shares.get(name, 0.0)):
                shares[name] = share
    strongest = sorted(shares, key=lambda name: -abs(shares[name]))
    return [Fact(each, shares[each]) for each in strongest[:limit]]


def parts(text: str, explanations: Iterable[Explanation]) -> list[Part]:
    """Cut `text` into marked and unmarked stretches that join to the same text.

    Words are marked as a whole: the letters in the middle of a word mean nothing to
    the person who reads it. Where several attributes are explained, the one that a
    word moved most counts.
    """
    words = [match.span() for match in _WORD.finditer(text)]
    ends = [end for _, end in words]
    moved = [0.0] * len(words)
    for explanation in explanations:
        moved = list(map(max, moved, _per_word(words, ends, explanation)))
    most = max(moved, default=0.0)
    cut: list[Part] = []
    place = 0
    for (begin, end), value in zip(words, moved, strict=True):
        strength = _strength(value, most)
        if not strength:
            continue
        if begin > place:
            cut.append(Part(text[place:begin], 0))
        cut.append(Part(text[begin:end], strength, value))
        place = end
    if place < len(text):
        cut.append(Part(text[place:], 0))
    return cut


def phrases(marked: Sequence[Part], limit: int = 3) -> list[str]:
    """The words that moved most, neighbours joined, strongest first."""
    found: list[tuple[float, str]] = []
    words: list[Part] = []
    for part in (*marked, Part("\n", 0)):
        if part.strength >= 2:
            words.append(part)
        elif (words and not part.text.isspace()) or "\n" in part.text:
            if words:
                found.append(_phrase(words))
            words = []
    found.sort(key=lambda each: -each[0])
    return list(dict.fromkeys(text for _, text in found))[:limit]


def _phrase(words: Sequence[Part]) -> tuple[float, str]:
    text = " ".join(word.text for word in words).strip(EDGES)
    if len(text) > 60:
        text = text[:59] + "…"
    return sum(word.moved for word in words), text


def _strength(value: float, most: float) -> int:
    if value < LEAST:
        return 0
    return sum(value >= share * most for share in SHARES)


def _per_word(
    words: Sequence[tuple[int, int]], ends: Sequence[int], why: Explanation
) -> list[float]:
    """What each word added; a span over several words is shared out by length."""
    moved = [0.0] * len(words)
    for span in why.spans:
        first, last = span.begin, span.end
        length = max(1, last - first)
        for index in range(bisect_right(ends, first), len(words)):
            begin, end = words[index]
            if begin >= last:
                break
            overlap = min(end, last) - max(begin, first)
            moved[index] += span.contribution * overlap / length
    return moved
