"""What has to be known of the world's writing before words are compared."""

from __future__ import annotations

import re

# Scripts that set no blanks between words, and Korean, which writes particles onto
# them: a letter of theirs says nothing about where a word begins or ends.
UNSPACED = re.compile(
    "["
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
    "]"
)
# What nobody sees: soft hyphens, joiners, marks of direction, variants of a sign.
INVISIBLE = re.compile(
    "["
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
    "]"
)
