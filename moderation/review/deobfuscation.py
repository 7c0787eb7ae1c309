"""What a comment says behind its disguises, as the classifiers read it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

WORDS_SHOWN = 5
_EDGES = ".,;:!?\"'()[]"

# Letters of living alphabets that have no accent to take off: Turkish, Polish, Danish,
# Vietnamese, Maltese, Sami, Azerbaijani, Hausa, Ewe. The classifiers read a plain one.
_PLAIN_LETTERS = str.maketrans("ıłøđħŧŋəɛɔɓɗ", "ilodhtneecbd")


@dataclass(frozen=True)
class Deobfuscation:
    """A text whose letters were disguised: the words behind, and all of it."""

    words: tuple[str, ...]
    text: str


def deobfuscate(text: str, as_read: str) -> Deobfuscation | None:
    """The words that the classifiers read and no person would see at once, if any.

    Accents, capitals, punctuation and numbers are no disguise: of them the classifiers
    keep little, and everybody sees the word all the same.
    """
    plain = {_letters(word) for word in text.split()}
    words = dict.fromkeys(
        word.strip(_EDGES)
        for word in as_read.split()
        if (letters := _letters(word)) and letters not in plain
    )
    return Deobfuscation(tuple(words)[:WORDS_SHOWN], as_read) if words else None


def _letters(word: str) -> str:
    # Most words, on every card of every page.
    if word.isascii() and word.isalpha():
        return word.lower()
    folded = unicodedata.normalize("NFKD", word).casefold().translate(_PLAIN_LETTERS)
    return "".join(each for each in folded if each.isalpha())
