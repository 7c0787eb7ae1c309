"""Word lists: plain words and patterns that people type, matched by RE2 alone.

RE2 takes time linear in the text whatever the pattern, so a list can slow the
service down no more than its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import re2

_MAX_PROGRAM_BYTES = 1 << 20


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MAX_PROGRAM_BYTES
    return options


def _expression(text: str) -> str:
    """``/…/`` is a regular expression; anything else is a word or phrase."""
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return text[1:-1]
    # RE2's \b knows ASCII only; a letter or digit of any script on the other
    # side of the edge means that the phrase is part of a longer word.
    words = r"\s+".join(re2.escape(word) for word in text.split())
    return rf"(?:^|[^\pL\pN])({words})(?:$|[^\pL\pN])"


def check_pattern(text: str) -> str:
    """Return the entry without outer blanks; ValueError says what RE2 dislikes."""
    text = text.strip()
    if not text:
        raise ValueError("a word list entry is empty")
    try:
        re2.compile(_expression(text), _options())
    except re2.error as error:
        detail = error.args[0]
        message = detail.decode() if isinstance(detail, bytes) else str(detail)
        raise ValueError(f"{text!r} is not a pattern: {message}") from None
    return text


@dataclass(frozen=True)
class Pattern:
    """A word list, compiled as one set with one pass over the text."""

    entries: tuple[str, ...]

    @staticmethod
    def of(entries: Sequence[str]) -> Pattern:
        """The compiled list; equal lists share one compilation."""
        return Pattern(tuple(entries))

    def first_match(self, text: str) -> str | None:
        """The first entry of the list that occurs in `text`, or None."""
        if not self.entries:
            return None
        hits = _compiled(self.entries).Match(text)
        return self.entries[min(hits)] if hits else None

    def matches(self, text: str) -> list[str]:
        """All entries of the list that occur in `text`, in the order of the list."""
        if not self.entries:
            return []
        return [
            self.entries[at] for at in sorted(_compiled(self.entries).Match(text) or ())
        ]


@lru_cache(maxsize=1024)
def _compiled(entries: tuple[str, ...]) -> re2.Set:
    compiled = re2.Set.SearchSet(_options())
    for entry in entries:
        compiled.Add(_expression(entry))
    compiled.Compile()
    return compiled
