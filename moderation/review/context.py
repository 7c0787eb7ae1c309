"""What stands around a comment in its thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, union_all

from moderation.enums import Status
from moderation.errors import NotFound
from moderation.schema.comments import IS_CURRENT, comment, revision

# What readers see, and what waits beside it. The rest is no context to anybody.
_SHOWN = (Status.APPROVED, Status.HELD)


@dataclass(frozen=True)
class Neighbour:
    """A comment of the same thread, or the one that was asked about."""

    id: str
    name: str
    text: str
    status: Status
    at: datetime
    is_it: bool


def around(conn: Connection, public_id: str, span: int = 3) -> list[Neighbour]:
    """The comment with up to `span` before and after it, oldest first."""
    it = conn.execute(
        select(comment.c.id, comment.c.thread_id).where(
            comment.c.public_id == public_id
        )
    ).first()
    if it is None:
        raise NotFound("comment")
    nearest = union_all(
        *(
            select(_nearest(it, status, before, span).subquery().c.id)
            for status in _SHOWN
            for before in (True, False)
        )
    )
    ids = sorted(conn.execute(nearest).scalars())
    earlier = [each for each in ids if each < it.id][-span:]
    later = [each for each in ids if each > it.id][:span]
    rows = conn.execute(
        select(
            comment.c.id,
            comment.c.public_id,
            comment.c.status,
            comment.c.created_at,
            revision.c.name,
            revision.c.text,
        )
        .join(revision, IS_CURRENT)
        .where(comment.c.id.in_([*earlier, it.id, *later]))
        .order_by(comment.c.id)
    )
    return [
        Neighbour(
            row.public_id,
            row.name,
            row.text,
            Status(row.status),
            row.created_at,
            row.id == it.id,
        )
        for row in rows
    ]


def _nearest(it: Any, status: Status, before: bool, span: int) -> Select[Any]:
    """One look into the index per status: it keeps the comments of each in order."""
    side = comment.c.id < it.id if before else comment.c.id > it.id
    order = comment.c.id.desc() if before else comment.c.id.asc()
    return (
        select(comment.c.id)
        .where(
            comment.c.thread_id == it.thread_id,
            comment.c.status == status.value,
            side,
        )
        .order_by(order)
        .limit(span)
    )
