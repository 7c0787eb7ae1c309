"""Comments to measure with: any number of distinct ones, of the usual lengths."""

from __future__ import annotations

import random

_SUBJECTS = [
    "the council",
    "my neighbour",
    "the article",
    "the old harbour",
    "this proposal",
    "the new tram line",
    "our library",
    "the mayor",
    "everybody I asked",
    "the second paragraph",
    "the budget",
    "the photo above",
    "the school board",
    "the weather service",
    "public transport",
    "the market hall",
    "the author",
    "the football club",
    "the bicycle lane",
    "a friend of mine",
]
_VERBS = [
    "forgets",
    "explains",
    "could improve",
    "will never change",
    "reminds me of",
    "hardly mentions",
    "has always supported",
    "should look again at",
    "makes a good case for",
    "misses",
    "deserves",
    "surprised",
    "cannot afford",
    "finally answers",
    "talks too much about",
    "ought to fund",
]
_OBJECTS = [
    "the people who live here",
    "what happened in spring",
    "a decent compromise",
    "the costs",
    "the noise at night",
    "an honest discussion",
    "those numbers",
    "the other side of the river",
    "small shops",
    "better street lights",
    "the long winter",
    "a bench or two",
    "the bridge",
    "children on their way to school",
    "last year's promise",
    "the view from the tower",
]
_LINKS = ("and", "but", "because", "although", "while", "so", "which is why", "even if")
MEAN_CHARACTERS = 280


def comments(count: int, *, seed: int = 1) -> list[str]:
    """`count` distinct comments of one to ten sentences, 280 characters on average."""
    random_ = random.Random(seed)
    texts = []
    for number in range(count):
        wanted = min(2000, int(random_.expovariate(1 / (MEAN_CHARACTERS - 60))) + 20)
        parts: list[str] = [f"Number {number}:"]
        length = 0
        while length < wanted:
            part = " ".join(
                random_.choice(choices)
                for choices in (_SUBJECTS, _VERBS, _OBJECTS, _LINKS)
            )
            parts.append(part)
            length += len(part) + 1
        texts.append(" ".join(parts).strip() + ".")
    return texts
