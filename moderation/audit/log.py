"""The audit: who did what, when, why, by which model and rule, and from which view.

Two things in one order: every decision, and every journal entry that did something
besides deciding. Row keys are made as things happen, so they are the order and, through
`key_at`, the dates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, exists, select, union_all

from moderation.audit import actors
from moderation.audit.entries import Line, read
from moderation.enums import Act
from moderation.ids import key_at
from moderation.schema.audit import decision, journal, journal_site
from moderation.schema.comments import author, comment

MACHINE = "machine"
# Entries of these are told by their decisions alone.
_DECIDING = frozenset({Act.SCORE, Act.DECIDE, Act.EDIT, Act.BULK, Act.SPREAD})
_EXPORT_PAGE = 500


@dataclass(frozen=True)
class AuditQuery:
    """Which lines somebody wants to read; what is empty does not narrow."""

    site_ids: Collection[int]
    # An actor as the journal names them, or MACHINE.
    actor: str = ""
    act: Act | None = None
    since: datetime | None = None
    until: datetime | None = None
    comment_id: str = ""
    author_id: str = ""
    # The line behind which to go on.
    after: str = ""


def lines(conn: Connection, wanted: AuditQuery, *, limit: int) -> list[Line]:
    """The latest lines, newest first; of other sites there are none."""
    if not wanted.site_ids:
        return []
    below = _place(conn, wanted)
    decisions = _decisions(conn, wanted, below, limit)
    entries = _entries(conn, wanted, below, limit)
    newest = sorted([*decisions, *entries], reverse=True)[:limit]
    return read(conn, newest, wanted.site_ids)


def whole(conn: Connection, wanted: AuditQuery) -> Iterator[Line]:
    """All lines, a page at a time: for an export, however long."""
    while page := lines(conn, wanted, limit=_EXPORT_PAGE):
        yield from page
        wanted = replace(wanted, after=page[-1].id)


def _place(conn: Connection, wanted: AuditQuery) -> int | None:
    """The key below which lines are wanted: of the line before, or of the date."""
    places = [key_at(wanted.until)] if wanted.until else []
    entry_id, _, comment_id = wanted.after.partition(".")
    if comment_id:
        found = (
            select(decision.c.id)
            .join(journal, journal.c.id == decision.c.journal_id)
            .join(comment, comment.c.id == decision.c.comment_id)
            .where(journal.c.public_id == entry_id, comment.c.public_id == comment_id)
        )
    else:
        found = select(journal.c.id).where(journal.c.public_id == entry_id)
    if wanted.after:
        places += conn.execute(found).scalars()
    return min(places, default=None)


def _within(table: Table, wanted: AuditQuery, below: int | None) -> list[Any]:
    key = table.c.id
    conditions = [key < below] if below is not None else []
    if wanted.since:
        # The key finds the place; a clock that was put back may have left it ahead.
        conditions += [key >= key_at(wanted.since), table.c.created_at >= wanted.since]
    return conditions


def _decisions(
    conn: Connection, wanted: AuditQuery, below: int | None, limit: int
) -> Sequence[int]:
    """Keys of the latest decisions."""
    key = decision.c.id
    base = select(key).where(*_within(decision, wanted, below))
    if wanted.actor:
        is_machine = wanted.actor == MACHINE
        base = base.where(
            decision.c.rule.is_not(None) & decision.c.actor.startswith(actors.POLICY)
            if is_machine
            else decision.c.actor == wanted.actor
        )
    if wanted.act:
        base = base.join(journal, journal.c.id == decision.c.journal_id).where(
            journal.c.act == wanted.act.value
        )
    if wanted.comment_id or wanted.author_id:
        base = base.join(comment, comment.c.id == decision.c.comment_id).where(
            comment.c.site_id.in_(wanted.site_ids)
        )
        if wanted.comment_id:
            base = base.where(comment.c.public_id == wanted.comment_id)
        if wanted.author_id:
            base = base.join(author, author.c.id == comment.c.author_id).where(
                author.c.public_id == wanted.author_id
            )
        return _newest(conn, base, key, limit)
    # A batch of the machine names no site, and is most of what there is anyway.
    is_rare = wanted.act not in (None, Act.SCORE)
    if is_rare or wanted.actor not in ("", MACHINE):
        # Few among many: their entries lead to them, the decisions alone would not.
        acts = {wanted.act} if wanted.act else set(Act)
        ids = _journal_ids(conn, wanted, below, limit, acts)
        # A sum is in no index: SQLite would rather read all decisions of a site.
        of_site = (decision.c.site_id + 0).in_(wanted.site_ids)
        theirs = base.where(decision.c.journal_id.in_(ids), of_site)
        return _newest(conn, theirs, key, limit) if ids else []
    parts = []
    # One look into an index per site, because no index has the order of several.
    for site_id in sorted(wanted.site_ids):
        part = base.where(decision.c.site_id == site_id)
        parts.append(select(part.order_by(key.desc()).limit(limit).subquery()))
    merged = union_all(*parts).subquery()
    return _newest(conn, select(merged.c.id), merged.c.id, limit)


def _entries(
    conn: Connection, wanted: AuditQuery, below: int | None, limit: int
) -> Sequence[int]:
    """Keys of the latest entries that did something besides deciding."""
    acts = ({wanted.act} if wanted.act else set(Act)) - _DECIDING
    if wanted.comment_id or not acts or wanted.actor == MACHINE:
        return []
    return _journal_ids(conn, wanted, below, limit, acts)


def _journal_ids(
    conn: Connection,
    wanted: AuditQuery,
    below: int | None,
    limit: int,
    acts: Collection[Act],
) -> Sequence[int]:
    key = journal.c.id
    base = select(key).where(
        journal.c.act.in_([act.value for act in acts]), *_within(journal, wanted, below)
    )
    if wanted.author_id:
        base = base.where(journal.c.detail["author"].as_string() == wanted.author_id)
    if wanted.actor == MACHINE:
        base = base.where(journal.c.actor.startswith(actors.POLICY))
    elif wanted.actor:
        also = exists().where(
            journal_site.c.journal_id == key,
            journal_site.c.site_id.in_(wanted.site_ids),
        )
        theirs = journal.c.site_id.in_(wanted.site_ids) | also
        return _newest(
            conn, base.where(journal.c.actor == wanted.actor, theirs), key, limit
        )
    parts = []
    for site_id in sorted(wanted.site_ids):
        for part in (
            base.where(journal.c.site_id == site_id),
            base.join(journal_site, journal_site.c.journal_id == key).where(
                journal_site.c.site_id == site_id
            ),
        ):
            parts.append(select(part.order_by(key.desc()).limit(limit).subquery()))
    merged = union_all(*parts).subquery()
    return _newest(conn, select(merged.c.id).distinct(), merged.c.id, limit)


def _newest(conn: Connection, statement: Any, key: Any, limit: int) -> Sequence[int]:
    newest = statement.order_by(key.desc()).limit(limit)
    keys: Sequence[int] = conn.execute(newest).scalars().all()
    return keys
