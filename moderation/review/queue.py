"""The review queue: what waits for a person, and what persons did about it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from moderation.errors import NotFound
from moderation.review import cards, lanes
from moderation.review.cards import Card
from moderation.review.lanes import Lane, Reader
from moderation.schema.comments import IS_CURRENT, comment, revision

# The desk fetches the next page before the last card is reached.
PAGE = 12
# Asked with every decision: made once.
_WHOSE = (
    select(comment.c.site_id, revision.c.name)
    .join(revision, IS_CURRENT)
    .where(
        comment.c.public_id == bindparam("public_id"),
        comment.c.site_id.in_(bindparam("sites", expanding=True)),
    )
)


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


def whose(
    conn: Connection, public_id: str, site_ids: Collection[int]
) -> tuple[int, str]:
    """The site of a comment and its author's name; NotFound unless on one of the sites."""
    row = conn.execute(
        _WHOSE, {"public_id": public_id, "sites": list(site_ids)}
    ).first()
    if row is None:
        raise NotFound("comment")
    return row[0], row[1]


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
