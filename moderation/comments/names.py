"""What of a text can be seen, and names without what cannot."""

from __future__ import annotations

from html import unescape
from unicodedata import category, name

# Letters, numbers, punctuation and symbols leave ink. So may what has no letters here:
# signs of a company's own, and those that are younger than Python's tables.
_INK = frozenset("LNPS")
_UNKNOWN = frozenset({"Co", "Cn"})
# Except what Unicode keeps for signs that are never seen.
_KEPT_UNSEEN = frozenset({0x2065, *range(0xFFF0, 0xFFF9)})
# Called letters or symbols, and blank by name: HANGUL FILLER, BRAILLE PATTERN BLANK.
_BLANKS = ("FILLER", "BLANK")
_JOINERS = "\u200c\u200d"
# Alphabets whose letters have one shape each: nothing in them is joined.
_UNJOINED = ("LATIN", "GREEK", "CYRILLIC", "DIGIT", "FULLWIDTH")
# A flag of a part of a country is spelled in these, behind a black flag.
_TAGS = range(0xE0020, 0xE0080)


def is_visible(text: str) -> bool:
    """Whether anything would be seen of a text, its entities resolved as Markdown does."""
    return any(map(_leaves_ink, unescape(text) if "&" in text else text))


def shown(typed: str) -> str:
    """A name without controls: none that turns the line around, none between letters.

    What joins pictures, or letters of an alphabet that has joined shapes, stays.
    """
    if typed.isascii() and typed.isprintable():
        return typed
    kept: list[str] = []
    for place, sign in enumerate(typed):
        following = typed[place + 1 : place + 2]
        if _stays(sign, kept[-1] if kept else "", following):
            kept.append(sign)
    return "".join(kept).strip()


def _stays(sign: str, before: str, following: str) -> bool:
    if category(sign) not in ("Cc", "Cf"):
        return True
    if sign in _JOINERS:
        return _joins(before) and bool(following) and _joins(following)
    # Signs of Arabic and Syriac numbers leave ink, whatever their category.
    return (ord(sign) in _TAGS and bool(before)) or name(sign, "").endswith("SIGN")


def _joins(sign: str) -> bool:
    return bool(sign) and not name(sign, "").startswith(_UNJOINED) and sign != " "


def _leaves_ink(sign: str) -> bool:
    if " " < sign <= "~":
        return True
    kind = category(sign)
    if kind in _UNKNOWN:
        # The last plane that is in use has only what is never seen; so do ends of planes.
        code = ord(sign)
        return code < 0xE0000 and code & 0xFFFE != 0xFFFE and code not in _KEPT_UNSEEN
    return kind[0] in _INK and not name(sign, "").endswith(_BLANKS)
