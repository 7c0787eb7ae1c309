"""What people did lately, as the Decided lane shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from moderation.audit import actors
from moderation.audit import journal as journals
from moderation.enums import Act, Reason, Status
from moderation.ids import key_at
from moderation.schema.accounts import moderator
from moderation.schema.audit import decision, journal
from moderation.schema.comments import comment, revision, thread

# The acts by which people decide about comments.
_DECIDING = (Act.DECIDE, Act.BULK, Act.SWEEP)
# What nobody takes back: the machine's own batches, and what is no change of state.
FINAL = frozenset({Act.SCORE, Act.EDIT, Act.SIGN_IN, Act.MERGE})
# An undo is not undone with a button of its own: the act itself can be done again.
UNDOABLE = frozenset(Act) - FINAL - {Act.UNDO}
# What somebody did with their own hands, and not the worker in their name.
OWN = UNDOABLE - {Act.SPREAD}
DAY = timedelta(days=1)
# How many comments of these sites somebody decided about since then and did not take
# back.
DECIDED_SINCE = (
    select(func.count())
    .select_from(journal)
    .join(decision, decision.c.journal_id == journal.c.id)
    .where(
        journal.c.actor == bindparam("actor"),
        journal.c.id >= bindparam("begin"),
        journal.c.act.in_([each.value for each in _DECIDING]),
        journal.c.undone_by.is_(None),
        decision.c.site_id.in_(bindparam("sites", expanding=True)),
    )
)


@dataclass(frozen=True)
class HistoryEntry:
    """A journal entry as the Decided lane shows it.

    What stands here about a comment is about the first one of the entry; an act that
    decided about none has no status.
    """

    row_id: int
    id: str
    act: Act
    actor: str
    actor_name: str
    at: datetime
    detail: dict[str, Any]
    undone: bool
    comments: int = 0
    to_status: Status | None = None
    reason: Reason | None = None
    comment_id: str = ""
    name: str = ""
    text: str = ""
    thread_title: str = ""


@dataclass(frozen=True)
class UndoableEntry:
    """The latest act of somebody that they did not take back."""

    id: str
    act: Act
    at: datetime


def last_of(
    conn: Connection, actor: str, now: datetime, *, without: Collection[str] = ()
) -> UndoableEntry | None:
    """What somebody did last in a day and could take back, `without` these entries."""
    row = conn.execute(
        select(journal.c.public_id, journal.c.act, journal.c.created_at)
        .where(
            journal.c.actor == actor,
            journal.c.id >= key_at(now - DAY),
            journal.c.act.in_([each.value for each in OWN]),
            journal.c.undone_by.is_(None),
            journal.c.public_id.not_in(without),
        )
        .order_by(journal.c.id.desc())
        .limit(1)
    ).first()
    return UndoableEntry(row[0], Act(row[1]), row[2]) if row else None


def latest(
    conn: Connection, site_ids: Collection[int], *, before: str = "", limit: int = 20
) -> list[HistoryEntry]:
    """The latest acts of people on the sites, newest first, from behind `before` on."""
    if not site_ids:
        return []
    place = None
    if before:
        place = conn.execute(
            select(journal.c.id).where(journal.c.public_id == before)
        ).scalar_one_or_none()
    wanted = journals.of_sites(site_ids, before=place, limit=limit)
    ids: list[int] = list(conn.execute(wanted).scalars())
    rows = conn.execute(
        select(
            journal.c.id,
            journal.c.public_id,
            journal.c.act,
            journal.c.actor,
            func.coalesce(moderator.c.name, "").label("actor_name"),
            journal.c.created_at,
            journal.c.detail,
            journal.c.undone_by,
        )
        .outerjoin(moderator, actors.is_moderator(journal.c.actor))
        .where(journal.c.id.in_(ids))
        .order_by(journal.c.id.desc())
    ).all()
    decided = _decided(conn, ids)
    return [
        HistoryEntry(
            row_id=row.id,
            id=row.public_id,
            act=Act(row.act),
            actor=row.actor,
            actor_name=row.actor_name,
            at=row.created_at,
            detail=row.detail,
            undone=row.undone_by is not None,
            **decided.get(row.id, {}),
        )
        for row in rows
    ]


def _decided(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The first comment of each entry, and how many there are."""
    first = (
        select(
            decision.c.journal_id,
            func.min(decision.c.id).label("decision_id"),
            func.count().label("comments"),
        )
        .where(decision.c.journal_id.in_(ids))
        .group_by(decision.c.journal_id)
        .subquery()
    )
    rows = conn.execute(
        select(
            first.c.journal_id,
            first.c.comments,
            decision.c.to_status,
            decision.c.reason,
            comment.c.public_id.label("comment_id"),
            revision.c.name,
            revision.c.text,
            thread.c.title.label("thread_title"),
        )
        .join(decision, decision.c.id == first.c.decision_id)
        .join(comment, comment.c.id == decision.c.comment_id)
        .join(
            revision,
            (revision.c.comment_id == comment.c.id)
            & (revision.c.number == decision.c.revision),
        )
        .join(thread, thread.c.id == comment.c.thread_id)
    ).mappings()
    found = {}
    for row in rows:
        values: dict[str, Any] = dict(row)
        values["to_status"] = Status(values["to_status"])
        values["reason"] = Reason(values["reason"]) if values["reason"] else None
        found[values.pop("journal_id")] = values
    return found
