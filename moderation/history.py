"""What people did lately, as the Decided lane shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from moderation.acts import ACTOR
from moderation.schema import comment, decision, journal, moderator, revision, thread
from moderation.vocabulary import Act, Reason, Status


@dataclass(frozen=True)
class Past:
    """A journal entry as the Decided lane shows it."""

    id: str
    act: Act
    actor: str
    actor_name: str
    at: datetime
    comments: int
    to_status: Status
    reason: Reason | None
    name: str
    text: str
    thread_title: str
    undone: bool


def latest(conn: Connection, site_ids: Sequence[int], *, limit: int = 20) -> list[Past]:
    """The latest acts of people on the sites, newest first."""
    first = (
        select(
            decision.c.journal_id,
            func.min(decision.c.id).label("decision_id"),
            func.count().label("comments"),
        )
        .group_by(decision.c.journal_id)
        .subquery()
    )
    rows = conn.execute(
        select(
            journal.c.public_id,
            journal.c.act,
            journal.c.actor,
            func.coalesce(moderator.c.name, ""),
            journal.c.created_at,
            first.c.comments,
            decision.c.to_status,
            decision.c.reason,
            revision.c.name,
            revision.c.text,
            thread.c.title,
            journal.c.undone_by,
        )
        .join(first, first.c.journal_id == journal.c.id)
        .join(decision, decision.c.id == first.c.decision_id)
        .join(comment, comment.c.id == decision.c.comment_id)
        .join(
            revision,
            (revision.c.comment_id == comment.c.id)
            & (revision.c.number == decision.c.revision),
        )
        .join(thread, thread.c.id == comment.c.thread_id)
        .outerjoin(moderator, ACTOR + moderator.c.public_id == journal.c.actor)
        .where(journal.c.site_id.in_(site_ids))
        .order_by(journal.c.id.desc())
        .limit(limit)
    )
    return [_past(row) for row in rows]


def _past(row: Any) -> Past:
    values = list(row)
    values[1], values[6] = Act(values[1]), Status(values[6])
    values[7] = Reason(values[7]) if values[7] else None
    values[11] = values[11] is not None
    return Past(*values)
