"""Previews: what a word list would have hit, before anybody saves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from moderation.schema import IS_CURRENT, comment, revision
from moderation.words import Pattern

WINDOW = timedelta(days=30)
ROWS_MAX = 20_000
EXAMPLES = 3
EXAMPLE_CHARACTERS = 160
_CHUNK = 500


@dataclass
class Hits:
    """How many comments an entry of the list occurs in, with the latest of them."""

    number: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """What a list would have hit; `complete` unless there was too much to look at."""

    looked_at: int
    hit: int
    complete: bool
    entries: dict[str, Hits]


def preview(
    conn: Connection,
    site_id: int,
    entries: Sequence[str],
    *,
    now: datetime,
    has_time: Callable[[], bool],
) -> Preview:
    """Match the comments of the last 30 days, the latest first, as long as it `has_time`.

    At most ``ROWS_MAX`` comments, and the same text that the policy matches: what was
    written, the name and the website.
    """
    pattern = Pattern.of(entries)
    hits = {entry: Hits() for entry in pattern.entries}
    looked_at = hit = 0
    below: int | None = None
    while looked_at < ROWS_MAX and has_time():
        statement = (
            select(comment.c.id, revision.c.text, revision.c.name, revision.c.url)
            .join(revision, IS_CURRENT)
            .where(comment.c.site_id == site_id, comment.c.created_at > now - WINDOW)
            .order_by(comment.c.id.desc())
            .limit(_CHUNK)
        )
        if below is not None:
            statement = statement.where(comment.c.id < below)
        rows = conn.execute(statement).all()
        for row in rows:
            found = pattern.matches(f"{row.text}\n{row.name}\n{row.url}")
            hit += bool(found)
            for entry in found:
                hits[entry].number += 1
                if len(hits[entry].examples) < EXAMPLES:
                    hits[entry].examples.append(row.text[:EXAMPLE_CHARACTERS])
        looked_at += len(rows)
        if len(rows) < _CHUNK:
            return Preview(looked_at, hit, True, hits)
        below = rows[-1].id
    return Preview(looked_at, hit, False, hits)
