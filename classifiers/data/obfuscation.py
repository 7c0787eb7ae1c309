"""Disguises that people put on words, to measure how well they are seen through.

Each takes a text and a seeded generator and changes about half of the longer words,
the way an evader who wants to stay readable does.
"""

import html
from collections.abc import Callable
from enum import StrEnum
from random import Random

from classifiers.text.homoglyphs import AMONG_LATIN, LEET


class Disguise(StrEnum):
    """A way to write a word that a reader still reads and a word list does not."""

    LEET = "leet"
    """Digits and signs for letters: 1d10t."""
    LOOKALIKE = "lookalike"
    """Single letters of other alphabets."""
    MIXED_SCRIPT = "mixed_script"
    """Every letter that has one, from another alphabet."""
    ZERO_WIDTH = "zero_width"
    """Invisible characters between letters."""
    SPACED = "spaced"
    """i d i o t."""
    DOTTED = "dotted"
    """i.d.i.o.t or i-d-i-o-t."""
    STRETCHED = "stretched"
    """idiooooot."""
    SWAPPED = "swapped"
    """Two inner letters change places: iidot."""
    ENTITIES = "entities"
    """HTML entities for letters."""
    MATHEMATICAL = "mathematical"
    """Mathematical, circled or full-width alphabets."""


_SHORTEST = 3
_SHARE = 0.5
_SIGN_OF = {
    letter: [sign for sign, stands_for in LEET.items() if stands_for == letter]
    for letter in "oieast"
}
_INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad"
_SEPARATORS = ".-_*"
# First code points of small letters: bold, sans-serif, script bold, circled, full-width.
_ALPHABETS = (0x1D41A, 0x1D5BA, 0x1D4EA, 0x24D0, 0xFF41)


def disguise(text: str, kind: Disguise, random: Random) -> str:
    """Return the text with about half of its words of three letters or more disguised."""
    change = _CHANGES[kind]
    return " ".join(
        change(word, random)
        if len(word) >= _SHORTEST and word.isalpha() and random.random() < _SHARE
        else word
        for word in text.split(" ")
    )


def _leet(word: str, random: Random) -> str:
    letters = list(word)
    # Ends stay letters, or the word would no longer look like one.
    for i in range(1, len(letters) - 1):
        signs = _SIGN_OF.get(letters[i].lower())
        if signs and random.random() < 0.7:
            letters[i] = random.choice(signs)
    return "".join(letters)


def _one_lookalike(word: str, random: Random) -> str:
    places = [i for i, letter in enumerate(word) if letter.lower() in AMONG_LATIN]
    chosen = set(random.sample(places, min(len(places), 2)))
    return "".join(
        random.choice(AMONG_LATIN[letter.lower()]) if i in chosen else letter
        for i, letter in enumerate(word)
    )


def _all_lookalikes(word: str, random: Random) -> str:
    return "".join(
        random.choice(AMONG_LATIN[letter.lower()])
        if letter.lower() in AMONG_LATIN and i
        else letter
        for i, letter in enumerate(word)
    )


def _zero_width(word: str, random: Random) -> str:
    return "".join(
        letter + random.choice(_INVISIBLE) if random.random() < 0.6 else letter
        for letter in word
    )


def _spaced(word: str, random: Random) -> str:
    return " ".join(word)


def _dotted(word: str, random: Random) -> str:
    return random.choice(_SEPARATORS).join(word)


def _stretched(word: str, random: Random) -> str:
    at = random.randrange(len(word))
    return word[:at] + word[at] * random.randint(3, 8) + word[at + 1 :]


def _swapped(word: str, random: Random) -> str:
    if len(word) <= _SHORTEST:
        return word
    at = random.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _entities(word: str, random: Random) -> str:
    forms = ("&#{};", "&#x{:x};", "&amp;#{};")
    return "".join(
        random.choice(forms).format(ord(letter))
        if random.random() < 0.5
        else html.escape(letter)
        for letter in word
    )


def _mathematical(word: str, random: Random) -> str:
    first = random.choice(_ALPHABETS)
    return "".join(
        chr(first + ord(letter) - ord("a")) if "a" <= letter <= "z" else letter
        for letter in word.lower()
    )


_CHANGES: dict[Disguise, Callable[[str, Random], str]] = {
    Disguise.LEET: _leet,
    Disguise.LOOKALIKE: _one_lookalike,
    Disguise.MIXED_SCRIPT: _all_lookalikes,
    Disguise.ZERO_WIDTH: _zero_width,
    Disguise.SPACED: _spaced,
    Disguise.DOTTED: _dotted,
    Disguise.STRETCHED: _stretched,
    Disguise.SWAPPED: _swapped,
    Disguise.ENTITIES: _entities,
    Disguise.MATHEMATICAL: _mathematical,
}
