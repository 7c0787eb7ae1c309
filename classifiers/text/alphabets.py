"""What every code point becomes, looked up in tables instead of asked one by one.

Compatibility forms (NFKC), case folding and the loss of accents are worked out once per
process for the planes that comments use; a batch is then folded by one array lookup.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifiers.text.homoglyphs import (
    ALPHABETS_OF_SIGNS,
    ALWAYS_LATIN,
    AMONG_LATIN,
    LEET,
    MASKS,
)

# What a code point is, as bits; a word is a run of WORD.
WORD = 1
LATIN = 2  # folds to a-z
FOREIGN = 4  # of another alphabet, drawn like a Latin letter
DIGIT = 8
SIGN = 16  # visible, not part of a word
PICTURE = 32  # emoji and other symbols: each is a word of its own
DELETED = 64
LONGER = 128  # folds to more than one code point
LEETED = 256  # a digit or sign that may stand for a letter
JAMO = 512  # a part of a Hangul syllable

LAST = 0x20000
"""Code points from here on share one entry; they are rare ideographs and tags."""

BLANK = 0x20
MASK = "*"
_LETTERS_IN_CIRCLES = 26
_HANGUL = range(0xAC00, 0xD7A4)
_JAMO = range(0x1100, 0x1200)
# Compatibility jamo are what people type (laughter above all); they stay themselves.
_KEPT = range(0x3130, 0x318F)
_MARKS_OF_ANY_SCRIPT = frozenset(
    code
    for block in (
        range(0x0300, 0x0370),
        range(0x0591, 0x05BE),
        range(0x064B, 0x0653),
        range(0x1AB0, 0x1B00),
        range(0x1DC0, 0x1E00),
        range(0x20D0, 0x2100),
        range(0xFE00, 0xFE10),
        range(0xFE20, 0xFE30),
    )
    for code in block
)
# Fillers that draw nothing, the Arabic stretcher, skin tones.
_INVISIBLE = frozenset(
    [0x115F, 0x1160, 0x3164, 0xFFA0, 0x0640, 0x180B, 0x180C, 0x180D, 0x3099, 0x309A]
) | frozenset(range(0x1F3FB, 0x1F400))
_DROPPED = _MARKS_OF_ANY_SCRIPT | _INVISIBLE
_UNMARKED = dict.fromkeys(_MARKS_OF_ANY_SCRIPT)
_STAYS = frozenset(map(chr, (*_KEPT, *_JAMO)))
_LETTERS = frozenset("LMN")
_UNREADABLE = 0xFFFD
# Ideographs, Hangul and old scripts: all letters without case or accent, nothing to ask.
_LETTERS_AS_THEY_ARE = (
    range(0x3400, 0xA000),
    _HANGUL,
    range(0x10300, 0x1D000),
)
_PLAIN = {
    **dict.fromkeys("‘’‛ʼ`´", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": ".",
    "\u2800": " ",
    # An ampersand left in the folded text could start an entity the next time.
    "&": "+",
}


@dataclass(frozen=True)
class Alphabet:
    """The tables, each indexed by code point (up to and including LAST)."""

    folded: NDArray[np.uint32]
    kind: NDArray[np.uint16]
    shape: NDArray[np.uint32]
    """The Latin letter a FOREIGN one is drawn like, before folding."""
    leet: NDArray[np.uint32]
    """The letter a digit or sign stands for between letters, else 0."""
    written: NDArray[np.uint32]
    """What LONGER code points become, one after the other."""
    written_at: NDArray[np.int32]
    """Where in `written` that of a code point begins, and how long it is."""
    written_length: NDArray[np.int32]


def _fold_once(lines: list[str]) -> list[str]:
    """Fold many texts in one go; a line feed meets nothing and stays where it is."""
    text = unicodedata.normalize("NFKC", "\n".join(lines)).casefold()
    text = unicodedata.normalize("NFD", text).translate(_UNMARKED)
    folded = unicodedata.normalize("NFC", text).split("\n")
    return [
        line if len(line) == 1 and line in _STAYS else again
        for line, again in zip(lines, folded, strict=True)
    ]


def _folded(chars: list[str], fixed: dict[int, str]) -> list[str]:
    """Return what visible characters become, each folded until nothing changes."""
    result = list(chars)
    left = list(range(len(chars)))
    while left:
        lines = "\n".join([result[i] for i in left]).translate(fixed).split("\n")
        changed = []
        for i, before, after in zip(left, lines, _fold_once(lines), strict=True):
            result[i] = after
            if after != before:
                changed.append(i)
        left = changed
    return [
        text[0] if len(text) > 1 and not set(map(_initial, text)) <= _LETTERS else text
        for text in result
    ]


def _initial(char: str) -> str:
    """Return the first letter of a character's category."""
    return unicodedata.category(char)[0]


def _kind_of(char: str) -> int:
    if "a" <= char <= "z":
        return WORD | LATIN
    if "0" <= char <= "9":
        return WORD | DIGIT
    if char == " ":
        return 0
    category = unicodedata.category(char)
    if category[0] in _LETTERS:
        return WORD
    return PICTURE if category in ("So", "Sk") and ord(char) > 0xFF else SIGN


@cache
def alphabet() -> Alphabet:
    """Work out the tables; takes a fraction of a second, once per process."""
    folded = np.arange(LAST + 1, dtype=np.uint32)
    kind = np.full(LAST + 1, WORD, np.uint16)
    written: list[int] = []
    at, length = np.zeros((2, LAST + 1), np.int32)
    visible = []
    for code in _asked():
        category = unicodedata.category(chr(code))
        if category in ("Cs", "Co", "Cn"):
            folded[code], kind[code] = _UNREADABLE, PICTURE
        elif category == "Cf" or code in _DROPPED:
            kind[code] = DELETED
        elif category[0] in "CZ":
            folded[code], kind[code] = BLANK, 0
        else:
            visible.append(code)
    becoming = _folded(list(map(chr, visible)), str.maketrans(_drawn_alike()))
    for code, text in zip(visible, becoming, strict=True):
        if not text:
            kind[code] = DELETED
        elif len(text) > 1:
            kind[code] = LONGER
            at[code], length[code] = len(written), len(text)
            written += map(ord, text)
        else:
            folded[code] = ord(text)
            kind[code] = _kind_of(text)
    shape, leet = _shapes(folded), _leet()
    becomes = np.minimum(folded, LAST)
    kind[(shape[becomes] > 0) & (kind == WORD)] |= FOREIGN
    kind[leet[becomes] > 0] |= LEETED
    kind[_JAMO.start : _JAMO.stop] |= JAMO
    return Alphabet(folded, kind, shape, leet, np.array(written, np.uint32), at, length)


def _asked() -> list[int]:
    """Return the code points that do not simply stay the letters they are."""
    asked = np.ones(LAST, bool)
    for block in _LETTERS_AS_THEY_ARE:
        asked[block.start : block.stop] = False
    return np.flatnonzero(asked).tolist()


def _drawn_alike() -> dict[str, str]:
    """Return the characters that always become another, whatever stands around."""
    fixed = dict(_PLAIN)
    for latin, drawn in ALWAYS_LATIN.items():
        fixed.update(dict.fromkeys(drawn, latin))
    for first in ALPHABETS_OF_SIGNS:
        for i in range(_LETTERS_IN_CIRCLES):
            fixed[chr(first + i)] = chr(ord("a") + i)
    return fixed


def _shapes(folded: NDArray[np.uint32]) -> NDArray[np.uint32]:
    shape = np.zeros(LAST + 1, np.uint32)
    for latin, drawn in AMONG_LATIN.items():
        for letter in drawn:
            shape[ord(letter)] = ord(latin)
            # What it folds to must be foreign too, or folding twice would differ.
            small = folded[ord(letter)]
            shape[small] = shape[small] or ord(latin)
    becomes = np.minimum(folded, LAST)
    return np.where(shape > 0, shape, shape[becomes])


def _leet() -> NDArray[np.uint32]:
    leet = np.zeros(LAST + 1, np.uint32)
    for sign, latin in LEET.items():
        leet[ord(sign)] = ord(latin)
    for sign in MASKS:
        leet[ord(sign)] = ord(MASK)
    return leet
