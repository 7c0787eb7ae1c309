"""Where the characters that people see begin, so that no mark ever cuts one in two.

The boundary rules of UAX 29 for extended grapheme clusters as far as `unicodedata` can
tell the properties; what it cannot tell is listed below by code point.
"""

import unicodedata

import numpy as np
from numpy.typing import NDArray

_ZWJ, _ZWNJ = "\u200d", "\u200c"
_FIRST_MARK = "\u0300"
_VIRAMA = 9
_INDIC = range(0x0900, 0x0D80)
_REGIONAL = range(0x1F1E6, 0x1F200)
_LEAD, _VOWEL, _TAIL = (
    range(0x1100, 0x1160),
    range(0x1160, 0x11A8),
    range(0x11A8, 0x1200),
)
_SYLLABLE = range(0xAC00, 0xD7A4)
_TAILS = 28
# Extend or SpacingMark without being of category M: half-width sound marks, Thai and
# Lao AM, skin tones, tags.
_CONTINUES = frozenset(
    [0xFF9E, 0xFF9F, 0x0E33, 0x0EB3, *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)]
)
_PREPENDED = frozenset(
    [0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x0D4E, 0x110BD, 0x110CD]
)
_PREPENDED |= frozenset([0x111C2, 0x111C3, 0x1193F, 0x11941, 0x11A3A, 0x11D46, 0x11F02])
_PREPENDED |= frozenset([*range(0x0600, 0x0606), *range(0x11A84, 0x11A8A)])


def starts(text: str) -> NDArray[np.bool_]:
    """Return for each index up to and including the end whether a character begins there."""
    begins = np.ones(len(text) + 1, bool)
    if text.isascii() and "\r" not in text:
        return begins
    flags_before = 0
    for i in range(1, len(text)):
        before, char = text[i - 1], text[i]
        flags_before = flags_before + 1 if ord(before) in _REGIONAL else 0
        if char < _FIRST_MARK and before < _FIRST_MARK:
            begins[i] = not (before == "\r" and char == "\n")
        else:
            begins[i] = not _joined(before, char, flags_before)
    return begins


def _joined(before: str, char: str, flags_before: int) -> bool:
    code, previous = ord(char), ord(before)
    if unicodedata.category(before) == "Cc":
        return False
    if char in (_ZWJ, _ZWNJ) or code in _CONTINUES:
        return True
    category = unicodedata.category(char)
    if category[0] == "M":
        return True
    if before == _ZWJ and category == "So":
        return True
    if code in _REGIONAL:
        return flags_before % 2 == 1
    if code in _INDIC and category == "Lo":
        return before == _ZWJ or unicodedata.combining(before) == _VIRAMA
    if previous in _PREPENDED:
        return category not in ("Cc", "Zl", "Zp")
    return _one_syllable(previous, code)


def _one_syllable(previous: int, code: int) -> bool:
    if previous in _LEAD:
        return code in _LEAD or code in _VOWEL or code in _SYLLABLE
    closed = previous in _SYLLABLE and (previous - _SYLLABLE.start) % _TAILS > 0
    if previous in _VOWEL or (previous in _SYLLABLE and not closed):
        return code in _VOWEL or code in _TAIL
    return (closed or previous in _TAIL) and code in _TAIL
