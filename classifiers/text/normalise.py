"""Undo disguises: a batch of texts becomes one stream of plain lower-case letters.

The whole batch is worked on as one array; a pass that finds nothing to do costs one look.
The order of the passes makes normalising twice the same as once: no pass creates
what an earlier one would have changed.
"""

from collections.abc import Sequence

import numpy as np

from classifiers.arrays import spread
from classifiers.text import alphabets, deobfuscate, html_entities
from classifiers.text.alphabets import (
    BLANK,
    DELETED,
    FOREIGN,
    JAMO,
    LAST,
    LONGER,
    PICTURE,
    SIGN,
    WORD,
)
from classifiers.text.stream import Stream

_TAGS = 0xE0000
_LEAD, _VOWEL, _TAIL = (
    range(0x1100, 0x1113),
    range(0x1161, 0x1176),
    range(0x11A8, 0x11C3),
)
_SYLLABLES = range(0xAC00, 0xD7A4)


def normalise(texts: Sequence[str]) -> Stream:
    """Return the normal form of every text as one stream.

    Any string goes, lone surrogates included. Time and memory grow linearly.
    """
    stream = _read(texts)
    seen = int(np.bitwise_or.reduce(stream.kind))
    if seen & LONGER:
        stream = _lengthen(stream)
    if seen & DELETED:
        stream.drop(stream.is_kind(DELETED))
    if seen & JAMO:
        _compose(stream)
    deobfuscate.join(stream)
    deobfuscate.unmask(stream)
    deobfuscate.read_leet(stream)
    deobfuscate.keep_apostrophes(stream)
    deobfuscate.shorten(stream)
    deobfuscate.blur_numbers(stream)
    return stream


def normal_form(text: str) -> str:
    """Return a text the way the classifiers read it, to show behind a disguise."""
    stream = normalise([text])
    shown = np.where(stream.is_kind(WORD | SIGN | PICTURE), stream.codes, BLANK)
    return shown[1:-1].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _read(texts: Sequence[str]) -> Stream:
    """Decode entities, join the texts and fold every code point."""
    decoded = {
        i: html_entities.decode(text)
        for i, text in enumerate(texts)
        if html_entities.has_entity(text)
    }
    if decoded:
        texts = [decoded[i][0] if i in decoded else t for i, t in enumerate(texts)]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 2
    bounds = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(lengths, out=bounds[1:])
    joined = " " + "  ".join(texts) + " "
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    origin = np.arange(-1, len(raw) - 1, dtype=np.int32)
    origin -= np.repeat(bounds[:-1], lengths).astype(np.int32)
    for i, (_, where) in decoded.items():
        origin[bounds[i] + 1 : bounds[i + 1]] = where

    table = alphabets.alphabet()
    rare = raw >= LAST
    if rare.any():
        kind = table.kind[np.minimum(raw, LAST)]
        codes = np.where(rare, raw, table.folded[np.minimum(raw, LAST)])
        kind[raw >= _TAGS] = DELETED
    else:
        kind = table.kind[raw]
        codes = table.folded[raw]
    drawn = None
    if int(np.bitwise_or.reduce(kind)) & FOREIGN:
        drawn = table.shape[np.minimum(raw, LAST)]
    return Stream(codes, kind, origin, bounds, drawn)


def _lengthen(stream: Stream) -> Stream:
    """Write out ligatures, sharp s and the like in full."""
    table = alphabets.alphabet()
    at = np.flatnonzero(stream.is_kind(LONGER))
    longer = stream.codes[at]
    copies = np.ones(len(stream.codes), np.int64)
    copies[at] = table.written_length[longer]
    starts = np.zeros(len(copies) + 1, np.int64)
    np.cumsum(copies, out=starts[1:])
    codes = np.repeat(stream.codes, copies)
    kind = np.repeat(stream.kind, copies)
    begins = table.written_at[longer].astype(np.int64)
    letters = table.written[spread(begins, begins + copies[at])]
    places = spread(starts[at], starts[at] + copies[at])
    codes[places] = letters
    kind[places] = table.kind[letters]
    origin = np.repeat(stream.origin, copies)
    drawn = None if stream.drawn is None else np.repeat(stream.drawn, copies)
    if drawn is None and (kind[places] & np.uint16(FOREIGN)).any():
        drawn = codes.copy()
    if drawn is not None:
        drawn[places] = table.shape[letters]
    return Stream(codes, kind, origin, starts[stream.bounds], drawn)


def _compose(stream: Stream) -> None:
    """Put Hangul that came as single jamo back together into syllables."""
    codes = stream.codes.astype(np.int64)
    lead = (codes[:-1] >= _LEAD.start) & (codes[:-1] < _LEAD.stop)
    vowel = (codes[1:] >= _VOWEL.start) & (codes[1:] < _VOWEL.stop)
    pair = np.flatnonzero(lead & vowel)
    if len(pair):
        codes[pair] = (
            _SYLLABLES.start
            + (codes[pair] - _LEAD.start) * len(_VOWEL) * (len(_TAIL) + 1)
            + (codes[pair + 1] - _VOWEL.start) * (len(_TAIL) + 1)
        )
    gone = np.zeros(len(codes), bool)
    gone[pair + 1] = True
    kept = np.flatnonzero(~gone)
    now = codes[kept]
    open_syllable = (now >= _SYLLABLES.start) & (now < _SYLLABLES.stop)
    open_syllable &= (now - _SYLLABLES.start) % (len(_TAIL) + 1) == 0
    tail = (now >= _TAIL.start) & (now < _TAIL.stop)
    closed = np.flatnonzero(open_syllable[:-1] & tail[1:])
    if len(closed):
        codes[kept[closed]] += now[closed + 1] - _TAIL.start + 1
        gone[kept[closed + 1]] = True
    if gone.any():
        stream.codes = codes.astype(np.uint32)
        stream.drop(gone)
