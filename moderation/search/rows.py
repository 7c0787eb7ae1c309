"""From row keys that a search finds to what a page and an act need of them."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from moderation.actions.bulk import SeenComment
from moderation.enums import Status
from moderation.schema.comments import comment


def seen(conn: Connection, ids: tuple[int, ...]) -> tuple[SeenComment, ...]:
    """The comments as they stand now, newest first, for an act on all of them."""
    found: list[SeenComment] = []
    for begin in range(0, len(ids), 1000):
        rows = conn.execute(
            select(comment.c.public_id, comment.c.revision, comment.c.status)
            .where(comment.c.id.in_(ids[begin : begin + 1000]))
            .order_by(comment.c.id.desc())
        )
        found += [SeenComment(row[0], row[1], Status(row[2])) for row in rows]
    return tuple(found)


def public_id(conn: Connection, row_id: int) -> str:
    """The comment at a place, or the next below it; empty where there is none left."""
    place = select(func.max(comment.c.id)).where(comment.c.id <= row_id)
    found = conn.execute(
        select(comment.c.public_id).where(comment.c.id == place.scalar_subquery())
    )
    return found.scalar_one_or_none() or ""
