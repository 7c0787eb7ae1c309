"""Passes that read words the way a person does, however they are spelled.

Each pass changes a stream in place; together they are safe to repeat (see `normalise`).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import marked, runs, spread
from classifiers.text.alphabets import (
    DIGIT,
    FOREIGN,
    LATIN,
    LEETED,
    MASK,
    WORD,
    alphabet,
)
from classifiers.text.stream import Stream

# From here on letters have no case, and single ones are words rather than spelled-out ones.
_FIRST_CASELESS = 0x590
_LETTERS_IN_SPELLED_WORD = 3
_NEXT_LETTER = 2
_LONGEST_LEET_RUN = 3
_LONGEST_MASK = 10
# A stretched letter goes back to two where English doubles it, else to one.
_DOUBLED_INSIDE = "bdefglmnoprstz"
_DOUBLED_AT_END = "efglosz"
_NUMBER = ord("9")
_APOSTROPHE = ord("'")


def join(stream: Stream) -> None:
    """Close up words with a sign or blank after every letter: "s.p a-m"."""
    word = stream.is_kind(WORD)
    letter = word & ~stream.is_kind(DIGIT) & (stream.codes < _FIRST_CASELESS)
    alone = letter[1:-1] & ~word[:-2] & ~word[2:]
    at = np.flatnonzero(alone) + 1
    if len(at) < _LETTERS_IN_SPELLED_WORD:
        return
    # Only the same separator throughout: "y-o-u a.r.e" is two words.
    near = at[:-1][np.diff(at) == _NEXT_LETTER]
    between = stream.codes[near + 1]
    begins = np.ones(len(near), bool)
    begins[1:] = (np.diff(near) != _NEXT_LETTER) | (between[1:] != between[:-1])
    run = np.cumsum(begins) - 1
    long = np.bincount(run)[run] >= _LETTERS_IN_SPELLED_WORD - 1
    if not long.any():
        return
    gone = np.zeros(len(word), bool)
    gone[near[long] + 1] = True
    stream.drop(gone)


def unmask(stream: Stream) -> None:
    """Read look-alike letters as Latin inside Latin words and among Latin words."""
    if stream.drawn is None:
        return
    latin = stream.is_kind(LATIN)
    starts, ends = marked(stream.is_kind(WORD))
    among = _per_word(latin, starts, ends) > 0
    _read_as_latin(stream, starts[among], ends[among])

    latin = stream.is_kind(LATIN)
    foreign = stream.is_kind(FOREIGN)
    texts = stream.bounds[:-1]
    mostly_latin = np.add.reduceat(latin.astype(np.int64), texts) > np.add.reduceat(
        foreign.astype(np.int64), texts
    )
    text_of_word = np.searchsorted(stream.bounds, starts, side="right") - 1
    whole = _per_word(foreign, starts, ends) == ends - starts
    whole &= mostly_latin[text_of_word]
    _read_as_latin(stream, starts[whole], ends[whole])


def read_leet(stream: Stream) -> None:
    """Read digits and signs inside a word as the letters they stand for."""
    at = np.flatnonzero(stream.is_kind(LEETED))
    if not len(at):
        return
    first, last = runs(at)
    word = stream.is_kind(WORD)
    latin = stream.is_kind(LATIN)
    length = last - first + 1
    stop = len(word) - 1
    before, after = latin[first - 1], latin[last + 1]
    codes = stream.codes
    # Letters or what may become letters: reading twice must not change its mind.
    readable = latin | stream.is_kind(LEETED)
    three_letters = after & readable[np.minimum(last + 2, stop)]
    three_letters &= readable[np.minimum(last + 3, stop)]
    signs, begins = codes[at], length.cumsum() - length
    money = _all_of(signs, begins, "$@")
    masked = _all_of(signs, begins, "*#")
    inside = before & after & (length <= _LONGEST_LEET_RUN)
    inside |= before & after & masked & (length <= _LONGEST_MASK)
    at_end = before & ~word[np.minimum(last + 1, stop)] & money
    at_end &= length <= _LONGEST_LEET_RUN
    at_start = ~word[first - 1] & three_letters & (length == 1)
    at_start &= _all_of(signs, begins, "013457$")
    at_start |= ~word[first - 1] & three_letters & money & (length == 3)
    read = np.flatnonzero(inside | at_end | at_start)
    if not len(read):
        return
    where = spread(first[read], last[read] + 1)
    letters = alphabet().leet[codes[where]]
    stream.codes[where] = letters
    stream.kind[where] = np.where(letters == ord(MASK), WORD, WORD | LATIN)


def keep_apostrophes(stream: Stream) -> None:
    """Make the apostrophe between two letters part of the word."""
    at = np.flatnonzero(stream.codes == _APOSTROPHE)
    if len(at):
        letter = stream.is_kind(WORD) & ~stream.is_kind(DIGIT)
        stream.kind[at[letter[at - 1] & letter[at + 1]]] = WORD


def shorten(stream: Stream) -> None:
    """Take stretched letters back: "sooooo stuuupid"."""
    codes = stream.codes
    same = codes[1:] == codes[:-1]
    letter = stream.is_kind(WORD) & ~stream.is_kind(DIGIT)
    at = np.flatnonzero(same[1:] & same[:-1] & letter[2:])
    if not len(at):
        return
    word = stream.is_kind(WORD)
    first, last = runs(at)
    last = last + 2
    begins, finishes = ~word[first - 1], ~word[last + 1]
    gone = np.zeros(len(codes), bool)
    gone[at + 2] = True
    doubled = np.where(
        finishes,
        _is_one_of(codes[first], _DOUBLED_AT_END),
        _is_one_of(codes[first], _DOUBLED_INSIDE),
    )
    doubled |= ~stream.is_kind(LATIN)[first]
    gone[first + 1] = ~doubled
    # A word that is nothing but one letter ("www", "kkk") keeps three.
    alone = first[begins & finishes]
    gone[alone + 1] = False
    gone[alone + 2] = False
    stream.drop(gone)


def blur_numbers(stream: Stream) -> None:
    """Write numbers of three digits and more alike: years and prices teach nothing."""
    digit = stream.is_kind(DIGIT)
    at = np.flatnonzero(digit[2:] & digit[1:-1] & digit[:-2])
    if len(at):
        for offset in range(3):
            stream.codes[at + offset] = _NUMBER


def _per_word(
    marks: NDArray[np.bool_], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    count = np.zeros(len(marks) + 1, np.int64)
    np.cumsum(marks, out=count[1:])
    return count[ends] - count[starts]


@cache
def _ascii(signs: str) -> NDArray[np.bool_]:
    marks = np.zeros(129, bool)
    marks[[ord(sign) for sign in signs]] = True
    return marks


def _is_one_of(codes: NDArray[np.uint32], signs: str) -> NDArray[np.bool_]:
    """Mark the code points that are among a few ASCII ones."""
    marks: NDArray[np.bool_] = _ascii(signs)[np.minimum(codes, 128)]
    return marks


def _all_of(
    codes: NDArray[np.uint32], begins: NDArray[np.int64], signs: str
) -> NDArray[np.bool_]:
    """Say of each run, one after the other, whether it is made of the given signs only."""
    return np.logical_and.reduceat(_is_one_of(codes, signs), begins)


def _read_as_latin(
    stream: Stream, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> None:
    at = spread(starts, ends)
    at = at[stream.is_kind(FOREIGN)[at]]
    assert stream.drawn is not None
    stream.codes[at] = stream.drawn[at]
    stream.kind[at] = WORD | LATIN
