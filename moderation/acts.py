"""What moderators do: decide and undo, each one journal entry, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from moderation import decisions
from moderation.db import Database
from moderation.decisions import Choice, Entry
from moderation.errors import NotFound, NotUndoable, StaleDecision
from moderation.schema import (
    comment,
    decision,
    journal,
    moderator,
    reviewable,
)
from moderation.vocabulary import Act, Reason, Status

ACTOR = "moderator:"


@dataclass(frozen=True)
class Moderator:
    """Who acts, and where they may: the sites on which their role lets them decide."""

    public_id: str
    site_ids: Sequence[int]

    @property
    def actor(self) -> str:
        """How the journal names them."""
        return ACTOR + self.public_id


@dataclass(frozen=True)
class Ruling:
    """A moderator's choice about the revision and the status that they saw."""

    card_id: str
    revision: int
    seen: Status
    to: Status
    reason: Reason | None = None


def decide(database: Database, who: Moderator, ruling: Ruling, now: datetime) -> str:
    """Apply a ruling; the journal entry's id, for the undo.

    StaleDecision says who was faster when the comment is no longer as it was seen.
    """
    with database.write() as conn:
        row = conn.execute(
            select(comment)
            .join(reviewable, reviewable.c.comment_id == comment.c.id)
            .where(
                reviewable.c.public_id == ruling.card_id,
                comment.c.site_id.in_(who.site_ids),
            )
        ).first()
        if row is None:
            raise NotFound("reviewable")
        entry = Entry(Act.DECIDE, who.actor, now, site_id=row.site_id)
        choice = Choice(
            comment_id=row.id,
            site_id=row.site_id,
            thread_id=row.thread_id,
            author_id=row.author_id,
            revision=ruling.revision,
            from_status=ruling.seen,
            to_status=ruling.to,
            reason=ruling.reason,
        )
        applied = decisions.apply(conn, entry, [choice])
        if applied.missed:
            raise _stale(conn, row.id, now)
        return applied.journal_public_id


def undo(database: Database, who: Moderator, journal_id: str, now: datetime) -> str:
    """Take a whole journal entry back; the id of the entry that does it.

    NotUndoable says why not: it was the policy's, it is undone already, or somebody
    decided later about one of its comments.
    """
    with database.write() as conn:
        entry = conn.execute(
            select(journal).where(
                journal.c.public_id == journal_id, journal.c.site_id.in_(who.site_ids)
            )
        ).first()
        if entry is None:
            raise NotFound("journal entry")
        if entry.undone_by is not None:
            raise NotUndoable("undone_already")
        choices = [_reversed(row) for row in _decisions_of(conn, entry.id)]
        if any(choice.to_status is Status.PENDING for choice in choices):
            raise NotUndoable("undo_of_policy")
        if _is_superseded(conn, choices):
            raise NotUndoable("decided_later")
        again = Entry(Act.UNDO, who.actor, now, site_id=entry.site_id)
        applied = decisions.apply(conn, again, choices)
        if applied.missed or not applied.done:
            raise NotUndoable("decided_later")
        conn.execute(
            update(journal)
            .where(journal.c.id == entry.id)
            .values(undone_by=applied.journal_id)
        )
        return applied.journal_public_id


def _decisions_of(conn: Connection, journal_id: int) -> Sequence[Any]:
    return conn.execute(
        select(
            decision.c.id,
            decision.c.revision,
            decision.c.from_status,
            decision.c.to_status,
            comment.c.id.label("comment_id"),
            comment.c.site_id,
            comment.c.thread_id,
            comment.c.author_id,
        )
        .join(comment, comment.c.id == decision.c.comment_id)
        .where(decision.c.journal_id == journal_id)
        .order_by(decision.c.id)
    ).all()


def _reversed(row: Any) -> Choice:
    return Choice(
        comment_id=row.comment_id,
        site_id=row.site_id,
        thread_id=row.thread_id,
        author_id=row.author_id,
        revision=row.revision,
        from_status=Status(row.to_status),
        to_status=Status(row.from_status),
        undoes=row.id,
    )


def _is_superseded(conn: Connection, choices: Sequence[Choice]) -> bool:
    """Whether another decision came between, even one that led to the same status.

    A decision and the one that took it back cancel out, so what stood before them
    can be undone again; and the latest of all can be, an undo included.
    """
    rows = conn.execute(
        select(decision.c.comment_id, decision.c.id, decision.c.undoes)
        .where(decision.c.comment_id.in_([choice.comment_id for choice in choices]))
        .order_by(decision.c.id)
    )
    standing: dict[int, list[int]] = defaultdict(list)
    latest: dict[int, int] = {}
    for comment_id, decision_id, undoes in rows:
        latest[comment_id] = decision_id
        if standing[comment_id] and standing[comment_id][-1] == undoes:
            standing[comment_id].pop()
        else:
            standing[comment_id].append(decision_id)
    return any(
        choice.undoes
        not in (latest[choice.comment_id], *standing[choice.comment_id][-1:])
        for choice in choices
    )


def _stale(conn: Connection, comment_id: int, now: datetime) -> StaleDecision:
    row = conn.execute(
        select(
            comment.c.status,
            func.coalesce(moderator.c.name, decision.c.actor),
            decision.c.created_at,
        )
        .join(decision, decision.c.comment_id == comment.c.id)
        .outerjoin(moderator, ACTOR + moderator.c.public_id == decision.c.actor)
        .where(comment.c.id == comment_id)
        .order_by(decision.c.id.desc())
        .limit(1)
    ).one()
    seconds = max(0, round((now - row[2]).total_seconds()))
    return StaleDecision(status=row[0], actor=row[1], seconds_ago=seconds)
