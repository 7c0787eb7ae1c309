"""Word lists: plain words and patterns that people type, found in what was written.

Words are looked for in a folded form of the text, patterns in the text as it stands.
Each kind is one RE2 set and one pass: RE2 takes time linear in the text whatever the
list, and what stands around a word is looked at only where the set has found it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import re2

from moderation.sites.writing_systems import INVISIBLE, UNSPACED

# Of one entry, as it was always; and of all patterns or words of a list together.
_ENTRY_BYTES = 1 << 20
_LIST_BYTES = 1 << 23
# With so many characters of a word in the set a thousand of the longest fit.
_IN_SET = 16


def check_pattern(text: str) -> str:
    """Return the entry without outer blanks; ValueError says what is wrong with it."""
    text = text.strip()
    if "\x00" in text:
        raise ValueError("a word list entry has a character that no text can have")
    if not _is_pattern(text):
        if not fold(text).split():
            raise ValueError("a word list entry is empty")
        return text
    try:
        matches_nothing = re2.search(_expression(text), "", _options(_ENTRY_BYTES))
    except re2.error as error:
        detail = error.args[0]
        message = detail.decode() if isinstance(detail, bytes) else str(detail)
        raise ValueError(f"{text!r} is not a pattern: {message}") from None
    if matches_nothing:
        raise ValueError(f"{text!r} fits every text, even one without a letter")
    return text


def fold(text: str) -> str:
    """The text without what makes equal words differ: case, composition, the invisible.

    The dotted capital İ becomes a plain i; the dotless ı is another letter and stays.
    """
    if text.isascii():
        return text.lower()
    seen = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    folded = seen.casefold().replace("i\u0307", "i")
    return unicodedata.normalize("NFC", folded)


def _with_plain_blanks(text: str) -> str:
    """With one space between words, whatever stood there."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Pattern:
    """A word list; compiled when it is used first, once for all equal lists."""

    entries: tuple[str, ...]

    @staticmethod
    def of(entries: Sequence[str]) -> Pattern:
        """The list of these entries."""
        return Pattern(tuple(entries))

    def check(self) -> None:
        """ValueError where all its patterns together are too large to be used."""
        if self._compiled.unusable:
            raise ValueError(self._compiled.unusable)

    def first_match(self, text: str) -> str | None:
        """The first entry of the list that occurs in `text`, or None."""
        return next(self._found(text), None)

    def matches(self, text: str) -> list[str]:
        """All entries of the list that occur in `text`, in the order of the list."""
        return list(self._found(text))

    def _found(self, text: str) -> Iterator[str]:
        if self.entries:
            self.check()
            for place in self._compiled.places(text):
                yield self.entries[place]

    @cached_property
    def _compiled(self) -> _Compiled:
        return _compile(self.entries)


@dataclass(frozen=True)
class _Compiled:
    """The two sets of a list, with the place in the list of what is in each."""

    words: re2.Set | None
    # Place in the list and folded form.
    of_words: tuple[tuple[int, str], ...]
    # Whether a word of the list has blanks inside: only then those of a text matter.
    has_phrases: bool
    patterns: re2.Set | None
    of_patterns: tuple[int, ...]
    # Why it cannot be used; empty where it can.
    unusable: str

    def places(self, text: str) -> list[int]:
        """The places in the list of all that occurs in a text, in order."""
        found = []
        if self.words is not None:
            folded = fold(text)
            if self.has_phrases:
                folded = _with_plain_blanks(folded)
            for hit in self.words.Match(folded) or ():
                place, word = self.of_words[hit]
                if _is_word_of(word, folded):
                    found.append(place)
        if self.patterns is not None:
            composed = unicodedata.normalize("NFC", text)
            hits = self.patterns.Match(composed) or ()
            found += [self.of_patterns[hit] for hit in hits]
        return sorted(found)


# A list that cannot be used is kept as well: it would be tried for each comment.
@lru_cache(maxsize=1024)
def _compile(entries: tuple[str, ...]) -> _Compiled:
    words = [
        (place, _with_plain_blanks(fold(each)))
        for place, each in enumerate(entries)
        if not _is_pattern(each)
    ]
    patterns = [
        (place, _expression(each))
        for place, each in enumerate(entries)
        if _is_pattern(each)
    ]
    in_words = in_patterns = None
    unusable = ""
    try:
        in_words = _set([each[:_IN_SET] for _, each in words], literal=True)
        in_patterns = _set([each for _, each in patterns])
    except re2.error:
        unusable = "its patterns are too large together: use fewer or simpler ones"
    has_phrases = any(" " in each for _, each in words)
    places = tuple(place for place, _ in patterns)
    return _Compiled(in_words, tuple(words), has_phrases, in_patterns, places, unusable)


def _set(expressions: Sequence[str], *, literal: bool = False) -> re2.Set | None:
    """What finds any of these in one pass; None where there are none."""
    if not expressions:
        return None
    compiled = re2.Set.SearchSet(_options(_LIST_BYTES, literal=literal))
    for each in expressions:
        compiled.Add(each)
    compiled.Compile()
    return compiled


def _options(most: int, *, literal: bool = False) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = options.literal = literal
    options.log_errors = False
    options.max_mem = most
    return options


def _is_pattern(entry: str) -> bool:
    """``/…/`` is a regular expression; anything else is a word or phrase."""
    return len(entry) > 2 and entry.startswith("/") and entry.endswith("/")


def _expression(entry: str) -> str:
    return unicodedata.normalize("NFC", entry[1:-1])


def _is_word_of(word: str, text: str) -> bool:
    """Whether a folded text has the word where it is not a part of a longer one."""
    begin = text.find(word)
    while begin >= 0:
        end = begin + len(word)
        if _begins(text, begin) and _ends(text, end):
            return True
        begin = text.find(word, begin + 1)
    return False


def _begins(text: str, begin: int) -> bool:
    before = begin - 1
    # The letter that the marks belong to is what counts.
    while before > 0 and _kind(text[before]) == "M":
        before -= 1
    return before < 0 or _is_edge(text[before], text[begin])


def _ends(text: str, end: int) -> bool:
    # A mark makes another letter of the last one, in any script.
    return end == len(text) or (
        _kind(text[end]) != "M" and _is_edge(text[end], text[end - 1])
    )


def _is_edge(outside: str, inside: str) -> bool:
    """Whether a word may end between two characters, of which the second is of it."""
    is_letter = _kind(outside) in "LNM"
    return not is_letter or bool(UNSPACED.match(outside) or UNSPACED.match(inside))


def _kind(character: str) -> str:
    """L for letters, N for digits, M for marks, and others."""
    return unicodedata.category(character)[0]
