"""The review queue: what waits for a person, and what persons did about it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from moderation import cards, lanes
from moderation.cards import Card
from moderation.lanes import Lane, Reader
from moderation.schema import comment, revision

# The desk fetches the next page before the last card is reached.
PAGE = 12


def waiting(
    conn: Connection,
    lane: Lane,
    *,
    after: str = "",
    reader: Reader | None = None,
    limit: int = PAGE,
) -> list[Card]:
    """The cards of a lane, from behind the comment `after` on."""
    return cards.of(
        conn, lanes.page(conn, lane, after=after, reader=reader, limit=limit)
    )


def place_of(conn: Connection, public_id: str) -> int | None:
    """The row key of a comment, which is its place in the order of time; or None."""
    found = select(comment.c.id).where(comment.c.public_id == public_id)
    return conn.execute(found).scalar()


def text_of(conn: Connection, public_id: str, revision_number: int) -> str | None:
    """What a comment said in one of its revisions; None when that is forgotten."""
    return conn.execute(
        select(revision.c.text)
        .join(comment, comment.c.id == revision.c.comment_id)
        .where(comment.c.public_id == public_id, revision.c.number == revision_number)
    ).scalar_one_or_none()
