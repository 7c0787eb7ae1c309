"""Hostile comments by the family: each is a pattern, and goes through its variations.

What the well-known collections have in common, written down as what varies in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, product
from typing import TypeVar

from tests.attack.ingredients import (
    BLOCKS,
    BRACES,
    CALL,
    CLOSERS,
    CONTROLS,
    CORE,
    EVIL,
    EXPRESSIONS,
    FIELDS,
    FORMULAS,
    HEADERS,
    LENGTHS,
    LETTERS,
    LINKS,
    MARKED,
    MARKS,
    SCHEMES,
    SHEETS,
    SPELLINGS,
    STATEMENTS,
    STRANGE,
    STYLED,
    STYLES,
    TAGS_AND_EVENTS,
)

Value = TypeVar("Value")


def turned(
    values: Sequence[Value], shapes: Sequence[str], times: int
) -> Iterator[tuple[Value, str]]:
    """Each value with some of the shapes, and each shape with some of the values."""
    for turn, (place, value) in product(range(times), enumerate(values)):
        yield value, shapes[(place + turn) % len(shapes)]


def events() -> Iterator[str]:
    """Every tag with an event that runs by itself, in one spelling after the other."""
    for (tag, event), spelling in turned(TAGS_AND_EVENTS, SPELLINGS, 3):
        yield spelling.format(tag=tag, event=event, call=CALL)


def breakouts() -> Iterator[str]:
    """Whatever is open is closed first."""
    for closer, core in product(CLOSERS, (CORE, f"<script>{CALL}</script>")):
        yield closer + core


def addresses() -> Iterator[str]:
    """Every scheme in two of the places that take an address."""
    for scheme, link in turned(SCHEMES, LINKS, 2):
        yield link.format(scheme + CALL)


def formulas() -> Iterator[str]:
    """What a spreadsheet would calculate."""
    for begin, formula in turned(SHEETS, FORMULAS, 2):
        yield begin + formula


def expressions() -> Iterator[str]:
    """What a template engine would evaluate."""
    for braces, expression in turned(BRACES, EXPRESSIONS, 3):
        yield braces % expression


def styles() -> Iterator[str]:
    """What would move, hide or fetch."""
    for style, element in turned(STYLES, STYLED, 3):
        yield element.format(style.format(evil=EVIL))


def headers() -> Iterator[str]:
    """What a mail or an answer would read as a line of its own."""
    for end, line in product(HEADERS, FIELDS[:3]):
        yield f"look{end}{line}{end}{end}{CORE}"
    yield from (f"look\r\n{field}" for field in FIELDS)


def marks() -> Iterator[str]:
    """Signs without a shape of their own, single and in crowds."""
    for mark, shape in turned(MARKS, MARKED, 3):
        yield shape.format(mark)


def words() -> Iterator[str]:
    """Words that no line is long enough for."""
    for letter, length in product(LETTERS, LENGTHS[1:]):
        yield letter * (length // len(letter))


def blocks() -> Iterator[str]:
    """Markdown that is opened again and again, with something inside."""
    for block in BLOCKS:
        yield block * 300 + CORE
        yield f"{block}\n\n{block}{CORE}\n{block}"


def signs() -> Iterator[str]:
    """Control characters and what is no character at all."""
    everything = "".join(CONTROLS)
    yield everything + "look"
    for sign in (*CONTROLS[::4], *STRANGE):
        yield f"lo{sign}ok {sign}{CORE}{sign * 50}"


FAMILIES: tuple[Callable[[], Iterator[str]], ...] = (
    events,
    breakouts,
    addresses,
    formulas,
    expressions,
    styles,
    headers,
    marks,
    words,
    blocks,
    signs,
    lambda: iter(STATEMENTS),
)


def all_of_them() -> Iterator[str]:
    """Every family, one after the other; a payload fits into a comment."""
    return (each[:10_000] for each in chain.from_iterable(f() for f in FAMILIES))
