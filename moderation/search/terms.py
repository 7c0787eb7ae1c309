"""What the full-text index holds, prepared alike for comments and for searches.

Both stores get words that need no further taking apart. Whatever else is searched
by and never changes (site, author, thread, language, links, scores) stands among them
as words that begin with a private character, which no text can bring in.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from classifiers.text.links import find_links
from moderation.enums import ATTRIBUTES
from moderation.sites.writing_systems import INVISIBLE, UNSPACED

# Longer words are not looked for, and nobody reads on after so many.
WORD_MAX = 64
WORDS_MAX = 4_000

_WORD = re.compile(r"[^\W_]+")
# Finer towards certainty, where thresholds lie.
SCORE_EDGES = (
    *(each / 10 for each in range(1, 10)),
    *(0.95, 0.98, 0.99, 0.995, 0.999),
)


class Field(StrEnum):
    """The private character that a word of each kind begins with."""

    SITE = "\ue000"
    AUTHOR = "\ue001"
    THREAD = "\ue002"
    LANGUAGE = "\ue003"
    LINK = "\ue004"
    MAIL = "\ue005"
    NAME = "\ue006"
    SCORE = "\ue007"


# Between the name and the text, so that no phrase runs across.
BREAK = "\ue0ff"
_ODD = {".": "\ue0f0", "-": "\ue0f1"}


def words_of(text: str) -> list[str]:
    """The words of a text: no case, no accents, no invisible characters."""
    if text.isascii():
        # Nothing to take off, which is most of what is written.
        found = _WORD.findall(text.lower())[:WORDS_MAX]
        return [word[:WORD_MAX] for word in found]
    folded = unicodedata.normalize("NFKD", INVISIBLE.sub("", text)).casefold()
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    # Each character of a script without blanks is a word, and what is searched for is
    # a phrase of them. Composed again: a Korean syllable is one character.
    spaced = UNSPACED.sub(r" \g<0> ", unicodedata.normalize("NFC", plain))
    return [word[:WORD_MAX] for word in _WORD.findall(spaced)[:WORDS_MAX]]


def number(field: Field, value: int) -> str:
    """The word for a row key."""
    return f"{field}{value:x}"


def word(field: Field, value: str) -> str:
    """The word for a name: a host, a language, a word of an author's name."""
    odd = "".join(
        each if each.isalnum() else _ODD.get(each, "\ue0f2")
        for each in value.casefold()
    )
    return f"{field}{odd[:WORD_MAX]}"


def hosts(host: str) -> Iterator[str]:
    """A host and the domains above it, down to two labels."""
    labels = host.casefold().strip(".").split(".")
    for begin in range(max(1, len(labels) - 1)):
        yield ".".join(labels[begin:])


def links_of(text: str, url: str) -> set[str]:
    """The hosts that a text and its author's address link to."""
    found = {host_of(each) for each in (*find_links(text), url)}
    return found - {""}


def host_of(address: str) -> str:
    """The host of an address as people type it; empty where there is none."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        return (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def score(attribute: str, bucket: int) -> str:
    """The word for a score that lies between two edges."""
    letter = chr(ord("a") + ATTRIBUTES.index(attribute))
    return f"{Field.SCORE}{letter}{bucket}"


def bucket_of(value: float) -> int:
    """Between which edges a score lies; 0 is below all of them and has no word."""
    return bisect_right(SCORE_EDGES, value)


def sqlite_text(words: Sequence[str]) -> str:
    """The words as FTS5 takes them."""
    return " ".join(words)


def postgresql_vector(words: Sequence[str]) -> str:
    """The words as a tsvector literal, each with its places."""
    places: dict[str, list[int]] = {}
    for place, each in enumerate(words, 1):
        places.setdefault(each, []).append(min(place, 16_383))
    # No word has a quote or a backslash in it.
    return " ".join(
        f"'{each}':{','.join(map(str, found[:256]))}" for each, found in places.items()
    )
