"""What an author changed in a text, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

# Comparing takes longer than reading beyond this: the whole text counts as changed.
WORDS_MAX = 3_000
_WORDS = re.compile(r"\s+|\S+")


class Change(StrEnum):
    """What became of a stretch of the text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Stretch:
    """Words that share their fate."""

    change: Change
    text: str


def between(before: str, after: str) -> list[Stretch]:
    """The stretches of both texts in reading order, removed ones before added ones.

    Those kept and added join to `after`, those kept and removed to `before`.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > WORDS_MAX:
        codes = [("replace", 0, len(old), 0, len(new))]
    else:
        codes = list(SequenceMatcher(None, old, new, autojunk=True).get_opcodes())
    found = []
    for code, a, b, c, d in codes:
        if code == "equal":
            found.append(Stretch(Change.KEPT, "".join(new[c:d])))
            continue
        found.append(Stretch(Change.REMOVED, "".join(old[a:b])))
        found.append(Stretch(Change.ADDED, "".join(new[c:d])))
    return _joined([each for each in found if each.text])


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    return [
        Stretch(change, "".join(each.text for each in same))
        for change, same in groupby(stretches, key=lambda each: each.change)
    ]
