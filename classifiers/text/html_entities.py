"""HTML entities back to the characters they name, nested ones too."""

import html
import re
from html.entities import html5
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import spread

_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)
# Escaped more often than this is no accident and no disguise that anyone could read.
_DEEPEST = 8
# More than a comment of 10,000 characters can hold; keeps hostile floods cheap.
_MOST = 4096


def has_entity(text: str) -> bool:
    """Say whether decoding could change the text; cheap for the many it cannot."""
    return "&" in text and ";" in text and _ENTITY.search(text) is not None


def decode(text: str) -> tuple[str, NDArray[np.int64]]:
    """Return the text without entities, and where each character and the end came from.

    Names that do not exist stay as they are.
    """
    origin = np.arange(len(text) + 1)
    left = _MOST
    for _ in range(_DEEPEST):
        pieces, starts, ends, stays = [], [], [], []
        last = 0
        for found in islice(_ENTITY.finditer(text), left):
            value = _value(found.group())
            if value is None:
                continue
            start, end = found.span()
            pieces += [text[last:start], value]
            starts.append(start)
            ends.append(end)
            stays.append(start + len(value))
            last = end
        if not starts:
            break
        left -= len(starts)
        text = "".join([*pieces, text[last:]])
        # An entity is longer than what it names: its first places hold the value.
        start_of, stay_of = np.array(starts), np.array(stays)
        origin[spread(start_of, stay_of)] = np.repeat(
            origin[starts], stay_of - start_of
        )
        origin = np.delete(origin, spread(stay_of, np.array(ends)))
    return text, origin


def _value(entity: str) -> str | None:
    if entity[1] == "#":
        # Numbers that are no characters have a replacement, never nothing.
        return html.unescape(entity) or "\ufffd"
    return html5.get(entity[1:])
