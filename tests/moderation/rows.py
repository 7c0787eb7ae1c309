"""What the tests of decisions, acts and threads look up, and how they decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from moderation.audit.journal import Entry
from moderation.decisions.apply import apply
from moderation.decisions.choice import Applied, Choice
from moderation.enums import Act, Reason, Status
from moderation.policy import rules
from moderation.schema.audit import decision
from moderation.schema.comments import author, comment, thread
from moderation.schema.review import lane_count, reviewable


def row_of(conn: Connection, public_id: str) -> Any:
    """The row of a comment."""
    return conn.execute(select(comment).where(comment.c.public_id == public_id)).one()


def choice_for(
    conn: Connection, public_id: str, to: Status, **wanted: object
) -> Choice:
    """A choice about the comment as it is now."""
    row = row_of(conn, public_id)
    values: dict[str, object] = {
        "comment_id": row.id,
        "site_id": row.site_id,
        "thread_id": row.thread_id,
        "author_id": row.author_id,
        "revision": row.revision,
        "from_status": Status(row.status),
        "to_status": to,
        "rule": "first_time",
    }
    return Choice(**(values | wanted))  # type: ignore[arg-type]


def decide(
    conn: Connection, to: Status, *public_ids: str, reason: Reason | None = None
) -> Applied:
    """Let the policy decide comments as they are now, as one journal entry."""
    entry = Entry(Act.SCORE, rules.VERSION, datetime.now(UTC))
    choices = [choice_for(conn, each, to, reason=reason) for each in public_ids]
    return apply(conn, entry, choices)


def decisions_of(conn: Connection, public_id: str) -> Sequence[Any]:
    """A comment's decisions, oldest first."""
    return conn.execute(
        select(decision)
        .join(comment, comment.c.id == decision.c.comment_id)
        .where(comment.c.public_id == public_id)
        .order_by(decision.c.id)
    ).all()


def lane(conn: Connection, site_id: int) -> tuple[int, int]:
    """How many wait by the maintained counter, and how many by the rows."""
    kept = conn.execute(
        select(func.coalesce(func.sum(lane_count.c.waiting), 0)).where(
            lane_count.c.site_id == site_id
        )
    ).scalar_one()
    counted = conn.execute(
        select(func.count()).where(
            reviewable.c.site_id == site_id, reviewable.c.resolved_at.is_(None)
        )
    ).scalar_one()
    return int(kept), counted


def record_of(conn: Connection, public_id: str) -> tuple[int, int]:
    """How many of the author's comments stand approved and rejected."""
    row = conn.execute(
        select(author.c.approved, author.c.rejected)
        .join(comment, comment.c.author_id == author.c.id)
        .where(comment.c.public_id == public_id)
    ).one()
    return row[0], row[1]


def version_of(conn: Connection, public_id: str) -> int:
    """The version of the thread that a comment is in."""
    return conn.execute(
        select(thread.c.version)
        .join(comment, comment.c.thread_id == thread.c.id)
        .where(comment.c.public_id == public_id)
    ).scalar_one()
