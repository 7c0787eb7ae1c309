"""Appeals: an author contests a rejection, once, and somebody else looks at it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    case,
    insert,
    null,
    select,
    update,
)

from moderation.enums import Kind, Outcome, Status
from moderation.errors import NotFound, Refused
from moderation.ids import new_key, new_public_id
from moderation.review import reviewables
from moderation.review.reviewables import Waiting
from moderation.schema.audit import decision
from moderation.schema.comments import comment
from moderation.schema.feedback import appeal
from moderation.storage import site_locks
from moderation.storage.bulk import one_of

TEXT_MAX = 2_000
ANSWER_MAX = 2_000
# How long after the rejection it can be contested.
WINDOW = timedelta(days=14)


@dataclass(frozen=True)
class Appeal:
    """What an author said against a rejection, and what became of it."""

    text: str
    at: datetime
    # Who rejected the comment, as the journal names them.
    contested: str
    outcome: Outcome | None
    answer: str


def submit(conn: Connection, public_id: str, text: str, now: datetime) -> None:
    """Put a rejected comment before a moderator once more.

    Refused when it is too late, was done before, there is nothing to contest, or the
    words are none or too many.
    """
    if not text:
        raise Refused("appeal_missing", field="text")
    if len(text) > TEXT_MAX:
        raise Refused("appeal_too_long", field="text", length=len(text), limit=TEXT_MAX)
    site_locks.lock_site_of(conn, public_id)
    row = conn.execute(
        select(comment.c.id, comment.c.site_id, comment.c.status).where(
            comment.c.public_id == public_id
        )
    ).first()
    if row is None:
        raise NotFound("comment")
    if row.id in of(conn, [row.id]):
        raise Refused("appealed_already")
    rejected = conn.execute(_latest(row.id)).first()
    if row.status != Status.REJECTED or rejected is None:
        raise Refused("appeal_needs_rejection")
    if now - rejected.created_at > WINDOW:
        raise Refused("appeal_too_late", days=WINDOW.days)
    conn.execute(
        insert(appeal),
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": row.site_id,
            "comment_id": row.id,
            "text": text,
            "contested": rejected.actor,
            "created_at": now,
        },
    )
    waiting = Waiting(row.id, row.site_id, Kind.APPEALED, 0.0, 0.0)
    reviewables.open_or_raise(conn, waiting, now)


def may_appeal(conn: Connection, public_id: str, now: datetime) -> bool:
    """Whether the author can contest what became of a comment."""
    row = conn.execute(
        select(comment.c.id, comment.c.status).where(comment.c.public_id == public_id)
    ).first()
    if row is None or row.status != Status.REJECTED or of(conn, [row.id]):
        return False
    rejected = conn.execute(_latest(row.id)).first()
    return rejected is not None and now - rejected.created_at <= WINDOW


def apply_decision(
    conn: Connection,
    comment_ids: Collection[int],
    journal_id: int,
    *,
    outcome: Outcome,
    answer: str = "",
) -> set[int]:
    """Give the open appeals of these comments their outcome; which ones had any."""
    if not comment_ids:
        return set()
    rows = conn.execute(
        update(appeal)
        .where(
            one_of(conn, appeal.c.comment_id, comment_ids), appeal.c.outcome.is_(None)
        )
        .values(outcome=outcome.value, answer=answer, settled_by=journal_id)
        .returning(appeal.c.comment_id)
    )
    return set(rows.scalars())


def reopen(conn: Connection, undone: int, by: int) -> dict[int, Outcome]:
    """Open again what an entry decided about appeals, or decide it again.

    `by` is the entry that undoes it. What is decided again follows from what the
    comments are by now: the outcomes, by comment.
    """
    stands = (
        select(comment.c.status)
        .where(comment.c.id == appeal.c.comment_id)
        .scalar_subquery()
    )
    again = case(
        (stands == Status.APPROVED.value, Outcome.OVERTURNED.value),
        else_=Outcome.UPHELD.value,
    )
    rows = conn.execute(
        update(appeal)
        .where(appeal.c.settled_by == undone)
        # The answer stays, unseen, for when the entry counts again.
        .values(
            outcome=case((appeal.c.outcome.is_(None), again), else_=null()),
            settled_by=by,
        )
        .returning(appeal.c.comment_id, appeal.c.outcome)
    )
    return {row[0]: Outcome(row[1]) for row in rows if row[1]}


def of(conn: Connection, comment_ids: Sequence[int]) -> dict[int, Appeal]:
    """The appeals about comments, by the comments' row keys."""
    rows = conn.execute(select(appeal).where(appeal.c.comment_id.in_(comment_ids)))
    return {row.comment_id: _appeal(row) for row in rows}


def find(conn: Connection, public_id: str) -> Appeal | None:
    """The appeal about one comment, for its author."""
    row = conn.execute(
        select(appeal)
        .join(comment, comment.c.id == appeal.c.comment_id)
        .where(comment.c.public_id == public_id)
    ).first()
    return _appeal(row) if row else None


def _latest(comment_id: int) -> Any:
    """Who decided last about a comment, and when."""
    return (
        select(decision.c.actor, decision.c.created_at)
        .where(decision.c.comment_id == comment_id)
        .order_by(decision.c.id.desc())
        .limit(1)
    )


def _appeal(row: Any) -> Appeal:
    return Appeal(
        text=row.text,
        at=row.created_at,
        contested=row.contested,
        outcome=Outcome(row.outcome) if row.outcome else None,
        answer=(row.answer or "") if row.outcome else "",
    )
