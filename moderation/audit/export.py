"""The audit as a file: comma-separated for a spreadsheet, JSON Lines for programs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from io import StringIO

import orjson

from moderation.audit.entries import Line

COLUMNS = (
    "time",
    "entry",
    "act",
    "actor",
    "actor_name",
    "sites",
    "comment",
    "revision",
    "author",
    "from_status",
    "to_status",
    "reason",
    "rule",
    "model_version",
    "view",
    "undone",
    "undoes",
    "effects",
)
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(lines: Iterable[Line]) -> Iterator[bytes]:
    """Comma-separated values with a head, as RFC 4180 has them; no cell is a formula."""
    yield _row(COLUMNS)
    for line in lines:
        yield _row([_cell(value) for value in _values(line).values()])


def as_json_lines(lines: Iterable[Line]) -> Iterator[bytes]:
    """One JSON object a line, with the hits of the rules and the effects whole."""
    for line in lines:
        values = _values(line) | {
            "sites": line.sites,
            "effects": line.effects,
            "hits": line.hits,
        }
        yield orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def _values(line: Line) -> dict[str, object]:
    known = asdict(line)
    given = {
        "time": line.at.isoformat(),
        "entry": line.entry_id,
        "sites": " ".join(line.sites),
        "comment": line.comment_id,
        "author": line.author_id,
        "effects": orjson.dumps(line.effects).decode() if line.effects else "",
    }
    return {name: given.get(name, known.get(name)) for name in COLUMNS}


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(cells: Iterable[str]) -> bytes:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode("utf-8", "replace")


WRITERS: Mapping[str, Callable[[Iterable[Line]], Iterator[bytes]]] = {
    "csv": as_csv,
    "jsonl": as_json_lines,
}
