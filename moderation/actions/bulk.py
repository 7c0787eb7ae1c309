"""Decide many comments at once: one journal entry, written a few hundred at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from moderation.accounts.actor import Actor
from moderation.audit import journal as journals
from moderation.audit.journal import Entry, EntryRef
from moderation.decisions.apply import apply as apply_decisions
from moderation.decisions.choice import COLUMNS, Choice
from moderation.enums import Act, Reason, SkipReason, Status
from moderation.errors import NotFound, NotUndoable
from moderation.review import eligibility
from moderation.schema.audit import decision, journal
from moderation.schema.comments import IS_CURRENT, comment, revision
from moderation.schema.review import reviewable
from moderation.storage import site_locks
from moderation.storage.database import Database

# No transaction is longer than this many decisions: visitors go on posting meanwhile.
CHUNK = 500
# The most that one act decides.
LIMIT = 10_000
# How long a page may go on with an act that it began.
CONTINUES_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class SeenComment:
    """A comment as it was when the moderator chose it."""

    comment_id: str
    revision: int
    status: Status


@dataclass(frozen=True)
class BulkDecision:
    """What is to become of them, and on which page that was said."""

    to: Status
    reason: Reason | None = None
    view: str = ""


@dataclass(frozen=True)
class Skipped:
    """A comment that was left as it is, and why; its name and status as they are now."""

    comment_id: str
    name: str
    why: SkipReason
    status: Status | None = None


@dataclass
class BulkResult:
    """What an act came to so far."""

    opened: EntryRef | None = None
    # What the act came to before, where it is continued.
    before: int = 0
    done: int = 0
    missed: list[Skipped] = field(default_factory=list)


def decide(
    database: Database,
    who: Actor,
    order: BulkDecision,
    seen: Sequence[SeenComment],
    now: datetime,
    *,
    running: str = "",
) -> BulkResult:
    """Give comments one status, each only if it still is as it was seen.

    `running` is the journal entry of an act that is continued; NotUndoable when it was
    taken back meanwhile or is not the moderator's to continue.
    """
    outcome = BulkResult()
    if running:
        with database.read() as conn:
            outcome.opened = _running(conn, who, running, now)
            outcome.before = _size(conn, outcome.opened)
    for begin in range(0, min(len(seen), LIMIT), CHUNK):
        with database.write() as conn:
            apply(conn, who, order, seen[begin : begin + CHUNK], now, outcome)
    return outcome


def apply(
    conn: Connection,
    who: Actor,
    order: BulkDecision,
    seen: Sequence[SeenComment],
    now: datetime,
    outcome: BulkResult,
    act: Act = Act.BULK,
) -> None:
    """Decide one chunk in the caller's transaction and add it to `outcome`.

    Where the act was taken back since the last chunk, the rest stays as it is.
    """
    stopped = outcome.opened is not None and _is_undone(conn, outcome.opened)
    rows = _rows(conn, who, [each.comment_id for each in seen])
    if stopped:
        outcome.missed += [
            _missed(each.comment_id, rows.get(each.comment_id), SkipReason.DECIDED)
            for each in seen
        ]
        return
    # First the turn: nobody appeals between the look for appeals and the decision.
    site_locks.lock_sites(conn, {row.site_id for row in rows.values()})
    withheld = eligibility.withheld_appeals(
        conn, [row.comment_id for row in rows.values()], who.public_id
    )
    choices: list[Choice] = []
    for each in seen:
        row = rows.get(each.comment_id)
        if row is not None and row.comment_id in withheld:
            outcome.missed.append(
                _missed(each.comment_id, row, SkipReason.OWN_REJECTION)
            )
        elif obstacle := _obstacle(row, each, order):
            outcome.missed.append(_missed(each.comment_id, row, obstacle))
        else:
            choices.append(Choice.of(row, order.to, reason=order.reason))
    if not choices:
        return
    sites = {choice.site_id for choice in choices}
    detail = {"view": order.view} if order.view else {}
    entry = Entry(act, who.actor, now, sites, detail)
    applied = apply_decisions(conn, entry, choices, outcome.opened)
    if outcome.opened is not None and applied.done:
        journals.add_sites(conn, outcome.opened, sites)
    outcome.opened = applied.opened or outcome.opened
    outcome.done += len(applied.done)
    # PostgreSQL: somebody was faster between the look and the change.
    names = {row.comment_id: row for row in rows.values()}
    outcome.missed += [
        _missed(
            names[each.comment_id].public_id, names[each.comment_id], SkipReason.DECIDED
        )
        for each in applied.missed
    ]


def _is_undone(conn: Connection, opened: EntryRef) -> bool:
    return journals.lock_entry(conn, opened.public_id).undone_by is not None


def _running(conn: Connection, who: Actor, public_id: str, now: datetime) -> EntryRef:
    row = conn.execute(select(journal).where(journal.c.public_id == public_id)).first()
    if row is None or row.actor != who.actor or row.act != Act.BULK:
        raise NotFound("journal entry")
    if row.undone_by is not None:
        raise NotUndoable("undone_already")
    if now - row.created_at > CONTINUES_WITHIN:
        raise NotFound("journal entry")
    return EntryRef(row.id, row.public_id)


def _size(conn: Connection, opened: EntryRef) -> int:
    decided = select(func.count()).where(decision.c.journal_id == opened.id)
    return conn.execute(decided).scalar_one()


def _rows(conn: Connection, who: Actor, public_ids: Sequence[str]) -> dict[str, Any]:
    waits = (
        select(reviewable.c.id)
        .where(
            reviewable.c.comment_id == comment.c.id,
            reviewable.c.resolved_at.is_(None),
        )
        .exists()
    )
    found = conn.execute(
        select(
            *COLUMNS,
            comment.c.public_id,
            revision.c.name,
            waits.label("waits"),
        )
        .join(revision, IS_CURRENT)
        .where(comment.c.public_id.in_(public_ids), comment.c.site_id.in_(who.site_ids))
    )
    return {row.public_id: row for row in found}


def _obstacle(row: Any, seen: SeenComment, order: BulkDecision) -> SkipReason | None:
    if row is None:
        return SkipReason.GONE
    if row.revision != seen.revision:
        return SkipReason.EDITED
    if row.status != seen.status:
        return SkipReason.DECIDED
    if row.status in (Status.PENDING, Status.DELETED):
        return SkipReason.UNDECIDABLE
    # What stands can be confirmed only where somebody asked for it.
    if row.status == order.to and not row.waits:
        return SkipReason.ALREADY
    return None


def _missed(public_id: str, row: Any, why: SkipReason) -> Skipped:
    if row is None:
        return Skipped(public_id, "", why)
    return Skipped(public_id, row.name, why, Status(row.status))
