"""Take a whole journal entry back, as one act that can be taken back in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from moderation.accounts.actor import Actor
from moderation.actions import reversals
from moderation.audit import conflicts, history
from moderation.audit import journal as journals
from moderation.audit.journal import EFFECTS, Entry
from moderation.authors import flags
from moderation.decisions import consequences
from moderation.decisions.apply import apply
from moderation.decisions.choice import Choice
from moderation.enums import Act, Status
from moderation.errors import NotFound, NotUndoable
from moderation.review import reviewables
from moderation.schema.audit import decision, journal
from moderation.schema.comments import comment
from moderation.storage import site_locks
from moderation.storage.database import Database


def undo(database: Database, who: Actor, journal_id: str, now: datetime) -> str:
    """Take a whole journal entry back; the id of the entry that does it.

    NotUndoable says why not: it was the policy's, it is somebody else's, it is undone
    already, or somebody decided later about one of its comments.
    """
    with database.write() as conn:
        entry = journals.lock_entry(conn, journal_id)
        sites = journals.sites_of(conn, entry.id, entry.site_id) if entry else set()
        if entry is None or not sites or not sites <= set(who.site_ids):
            raise NotFound("journal entry")
        site_locks.lock_sites(conn, sites)
        _check_undoable(entry, who, sites)
        choices = [_reversed(row) for row in _decisions_of(conn, entry.id)]
        if any(choice.to_status is Status.PENDING for choice in choices):
            raise NotUndoable("undo_of_policy")
        if _is_superseded(conn, choices):
            raise NotUndoable("decided_later")
        done = entry.detail.get(EFFECTS, [])
        if done and conflicts.is_superseded(conn, entry.id, done):
            raise NotUndoable("changed_later")
        flags.lock_authors(conn, done)
        # The last effect first, as one takes things apart.
        back = [reversals.reverse(conn, effect, now) for effect in reversed(done)]
        if not choices and not back:
            raise NotUndoable("nothing_to_undo")
        detail: dict[str, object] = {"undoes": entry.act}
        if entry.act == Act.UNDO and not entry.detail.get(consequences.AGAIN):
            detail[consequences.AGAIN] = True
        again = Entry(Act.UNDO, who.actor, now, sites, detail, effects=back)
        opened = journals.write(conn, again)
        if choices and apply(conn, again, choices, opened).missed:
            raise NotUndoable("decided_later")
        reviewables.reopen(conn, entry.id, opened.id, now)
        consequences.revert(conn, entry.id, again, opened.id, choices)
        conn.execute(
            update(journal).where(journal.c.id == entry.id).values(undone_by=opened.id)
        )
        return opened.public_id


def _check_undoable(entry: Any, who: Actor, sites: set[int]) -> None:
    if entry.undone_by is not None:
        raise NotUndoable("undone_already")
    if Act(entry.act) is Act.MERGE:
        raise NotUndoable("merged")
    if Act(entry.act) in history.FINAL:
        raise NotUndoable("undo_of_policy")
    kinds = {effect["kind"] for effect in entry.detail.get(EFFECTS, [])}
    mine = entry.actor == who.actor and not kinds & reversals.OWNERS_ONLY
    if not mine and not sites <= set(who.owned):
        raise NotUndoable("not_yours")


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
    return Choice.of(
        row, Status(row.from_status), seen=Status(row.to_status), undoes=row.id
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
