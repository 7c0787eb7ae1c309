"""What moderators do: decide and undo, each one journal entry, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from moderation import (
    actors,
    decisions,
    effects,
    eligibility,
    history,
    journals,
    reviewables,
    settlements,
    touches,
    turns,
    upkeep,
)
from moderation.actor import Actor
from moderation.choice import COLUMNS, Choice
from moderation.db import Database
from moderation.errors import NotFound, NotUndoable, OwnRejection, StaleDecision
from moderation.journals import EFFECTS, Entry
from moderation.member_schema import moderator
from moderation.schema import comment, decision, journal, site
from moderation.vocabulary import Act, Reason, Status


@dataclass(frozen=True)
class Ruling:
    """A moderator's choice about the revision and the status that they saw."""

    comment_id: str
    revision: int
    seen: Status
    to: Status
    reason: Reason | None = None
    # The page they decided on, for the audit.
    view: str = ""
    # What the author is told about the appeal, in the moderator's own words.
    answer: str = ""


def decide(database: Database, who: Actor, ruling: Ruling, now: datetime) -> str:
    """Apply a ruling; the journal entry's id, for the undo.

    StaleDecision says who was faster when the comment is no longer as it was seen;
    OwnRejection is for an appeal that somebody else has to judge.
    """
    with database.write() as conn:
        row = conn.execute(
            select(*COLUMNS, site.c.settings)
            .join(site, site.c.id == comment.c.site_id)
            .where(
                comment.c.public_id == ruling.comment_id,
                comment.c.site_id.in_(who.site_ids),
            )
        ).first()
        if row is None:
            raise NotFound("comment")
        # First the turn: nobody appeals between the look for an appeal and the decision.
        turns.take(conn, [row.site_id])
        if eligibility.withheld_appeals(conn, [row.comment_id], who.public_id):
            raise OwnRejection
        told = {"view": ruling.view, settlements.ANSWER: ruling.answer}
        detail = {name: said for name, said in told.items() if said}
        entry = Entry(Act.DECIDE, who.actor, now, (row.site_id,), detail)
        choice = Choice.of(
            row,
            ruling.to,
            seen=ruling.seen,
            revision=ruling.revision,
            reason=ruling.reason,
            spot_check=eligibility.needs_quality_check(
                conn, row, ruling.seen, who.public_id
            ),
        )
        applied = decisions.apply(conn, entry, [choice])
        if applied.opened is None:
            raise _stale(conn, row.comment_id, now)
        return applied.opened.public_id


def undo(database: Database, who: Actor, journal_id: str, now: datetime) -> str:
    """Take a whole journal entry back; the id of the entry that does it.

    NotUndoable says why not: it was the policy's, it is somebody else's, it is undone
    already, or somebody decided later about one of its comments.
    """
    with database.write() as conn:
        entry = journals.hold(conn, journal_id)
        sites = journals.sites_of(conn, entry.id, entry.site_id) if entry else set()
        if entry is None or not sites or not sites <= set(who.site_ids):
            raise NotFound("journal entry")
        turns.take(conn, sites)
        _check_undoable(entry, who, sites)
        choices = [_reversed(row) for row in _decisions_of(conn, entry.id)]
        if any(choice.to_status is Status.PENDING for choice in choices):
            raise NotUndoable("undo_of_policy")
        if _is_superseded(conn, choices):
            raise NotUndoable("decided_later")
        done = entry.detail.get(EFFECTS, [])
        if done and touches.is_superseded(conn, entry.id, done):
            raise NotUndoable("changed_later")
        upkeep.lock_authors(conn, done)
        # The last effect first, as one takes things apart.
        back = [effects.reverse(conn, effect, now) for effect in reversed(done)]
        if not choices and not back:
            raise NotUndoable("nothing_to_undo")
        detail: dict[str, object] = {"undoes": entry.act}
        if entry.act == Act.UNDO and not entry.detail.get(settlements.AGAIN):
            detail[settlements.AGAIN] = True
        again = Entry(Act.UNDO, who.actor, now, sites, detail, effects=back)
        opened = journals.write(conn, again)
        if choices and decisions.apply(conn, again, choices, opened).missed:
            raise NotUndoable("decided_later")
        reviewables.turn_back(conn, entry.id, opened.id, now)
        settlements.take_back(conn, entry.id, again, opened.id, choices)
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
    mine = entry.actor == who.actor and not kinds & effects.OWNERS_ONLY
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


def _stale(conn: Connection, comment_id: int, now: datetime) -> StaleDecision:
    row = conn.execute(
        select(
            comment.c.status,
            decision.c.reason,
            func.coalesce(moderator.c.name, decision.c.actor, actors.AUTHOR),
            func.coalesce(decision.c.created_at, comment.c.created_at),
        )
        # There is none about what its author has only just written.
        .outerjoin(decision, decision.c.comment_id == comment.c.id)
        .outerjoin(moderator, actors.is_moderator(decision.c.actor))
        .where(comment.c.id == comment_id)
        .order_by(decision.c.id.desc())
        .limit(1)
    ).one()
    status, reason, actor, at = row
    seconds = max(0, round((now - at).total_seconds()))
    return StaleDecision(status=status, reason=reason, actor=actor, seconds_ago=seconds)
