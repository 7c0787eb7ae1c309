"""Previews: what a word list would have hit, before anybody saves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, union_all

from moderation.enums import Status
from moderation.ids import key_at
from moderation.schema.comments import IS_CURRENT, comment, revision
from moderation.sites.word_lists import Pattern
from moderation.storage.bulk import one_of

WINDOW = timedelta(days=30)
ROWS_MAX = 20_000
EXAMPLES = 3
EXAMPLE_CHARACTERS = 160
# A list that hits nearly all of so many comments was hardly meant.
CATCH_ALL_SHARE = 0.95
CATCH_ALL_LEAST = 10
_CHUNK = 500
_STATUSES = (Status.PENDING, Status.APPROVED, Status.HELD, Status.REJECTED)


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

    @property
    def is_catch_all(self) -> bool:
        """Whether the list hits all that is written, or nearly."""
        return (
            self.looked_at >= CATCH_ALL_LEAST
            and self.hit >= CATCH_ALL_SHARE * self.looked_at
        )


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
        ids = _latest(conn, site_id, now, below)
        rows = conn.execute(
            select(revision.c.text, revision.c.name, revision.c.url)
            .join(comment, IS_CURRENT)
            .where(one_of(conn, comment.c.id, ids))
            .order_by(comment.c.id.desc())
        ).all()
        for row in rows:
            found = pattern.matches(f"{row.text}\n{row.name}\n{row.url}")
            hit += bool(found)
            for entry in found:
                hits[entry].number += 1
                if len(hits[entry].examples) < EXAMPLES:
                    hits[entry].examples.append(row.text[:EXAMPLE_CHARACTERS])
        looked_at += len(rows)
        if len(ids) < _CHUNK:
            return Preview(looked_at, hit, True, hits)
        below = ids[-1]
    return Preview(looked_at, hit, False, hits)


def _latest(
    conn: Connection, site_id: int, now: datetime, below: int | None
) -> Sequence[int]:
    """Keys of the next comments of the last 30 days, newest first.

    One look into the index per status: it has the order of each, not of all.
    """
    parts = []
    for status in _STATUSES:
        part = select(comment.c.id).where(
            comment.c.site_id == site_id,
            comment.c.status == status.value,
            comment.c.id >= key_at(now - WINDOW),
            comment.c.created_at > now - WINDOW,
        )
        if below is not None:
            part = part.where(comment.c.id < below)
        newest = part.order_by(comment.c.id.desc()).limit(_CHUNK).subquery()
        parts.append(select(newest.c.id))
    merged = union_all(*parts).subquery()
    found = select(merged.c.id).order_by(merged.c.id.desc()).limit(_CHUNK)
    return conn.execute(found).scalars().all()
