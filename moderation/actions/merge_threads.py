"""Threads of one page that earlier versions or other rules kept apart, made one.

Comments keep their ids, and with them their links and tokens. What a thread was known
by stays a name of the one that it went into.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from moderation.audit import journal
from moderation.audit.journal import Entry
from moderation.enums import Act
from moderation.errors import StoreBusy
from moderation.schema.comments import comment, thread, thread_alias
from moderation.schema.search import comment_index, index_queue
from moderation.sites.page_addresses import page_identity
from moderation.sites.site import Site
from moderation.storage import site_locks
from moderation.storage.bulk import insert_rows, lock_rows, one_of
from moderation.storage.database import Database

# How often a page is tried on which somebody comments at the same moment.
ATTEMPTS = 20


@dataclass(frozen=True)
class Part:
    """A thread of a page as it is now."""

    id: int
    identity: str
    comments: int
    is_open: bool


@dataclass(frozen=True)
class Split:
    """A page whose threads, or whose only thread, are known by other names than its own."""

    identity: str
    # The one that stays comes first.
    parts: tuple[Part, ...]


class _Overtaken(Exception):
    """Somebody commented in a thread while it was being emptied."""


def find(conn: Connection, of: Site) -> list[Split]:
    """What would be merged on a site, or only renamed, by page."""
    pages: dict[str, list[Any]] = defaultdict(list)
    rows = conn.execute(
        select(thread.c.id, thread.c.identity, thread.c.url, thread.c.is_open)
        .where(thread.c.site_id == of.id)
        .order_by(thread.c.id)
    )
    for row in rows:
        # A publisher's own name for a thread is never in doubt.
        if not row.identity.startswith("id:"):
            pages[page_identity(row.url, of.page_rules)].append(row)
    split = {
        page: found
        for page, found in pages.items()
        if len(found) > 1 or found[0].identity != page
    }
    ids = [row.id for found in split.values() for row in found]
    counted = conn.execute(
        select(comment.c.thread_id, func.count())
        .where(one_of(conn, comment.c.thread_id, ids))
        .group_by(comment.c.thread_id)
    )
    numbers = {row[0]: row[1] for row in counted}
    return [
        Split(
            page,
            tuple(
                Part(row.id, row.identity, numbers.get(row.id, 0), row.is_open)
                for row in sorted(found, key=lambda row: _order(row, page))
            ),
        )
        for page, found in sorted(split.items())
    ]


def merge(
    database: Database, of: Site, split: Split, *, actor: str, now: datetime
) -> None:
    """Make the threads of a page one, in one transaction; twice does no more than once.

    StoreBusy where visitors comment there faster than it can be done.
    """
    for _ in range(ATTEMPTS):
        try:
            with database.write() as conn:
                _merge(conn, of, split, Entry(Act.MERGE, actor, now, (of.id,)))
        except (_Overtaken, IntegrityError):
            # Also when the page's own thread was opened meanwhile: once more, with it.
            continue
        return
    raise StoreBusy(split.identity)


def _order(row: Any, page: str) -> tuple[bool, int]:
    """What is known by the right name stays, else the oldest."""
    return row.identity != page, row.id


def _merge(conn: Connection, of: Site, split: Split, entry: Entry) -> None:
    site_locks.lock_sites(conn, [of.id])
    rows = _threads(conn, of.id, split)
    if not rows or (len(rows) == 1 and rows[0].identity == split.identity):
        return
    stays, *others = rows
    moved = _move(conn, [each.id for each in others], stays.id)
    # In the order of `decisions.apply`: comments first. Who comments holds the threads.
    conn.execute(
        select(thread.c.id)
        .where(thread.c.id.in_([each.id for each in rows]))
        .order_by(thread.c.id)
        .with_for_update()
    )
    if _comment_ids(conn, [each.id for each in others]):
        raise _Overtaken
    _rename(conn, of.id, split.identity, stays.id, [each.identity for each in rows])
    if others:
        conn.execute(delete(thread).where(thread.c.id.in_([it.id for it in others])))
    conn.execute(
        update(thread)
        .where(thread.c.id == stays.id)
        .values(
            identity=split.identity,
            title=next((each.title for each in rows if each.title), ""),
            # Whoever closed one of them closed the page.
            is_open=all(each.is_open for each in rows),
            version=thread.c.version + 1,
        )
    )
    effect = {
        "kind": "merge",
        "thread": stays.public_id,
        "value": split.identity,
        "comments": moved,
        "before": {"threads": [each.identity for each in rows]},
        "after": {"threads": [split.identity]},
    }
    journal.write(
        conn, Entry(entry.act, entry.actor, entry.at, entry.site_ids, effects=(effect,))
    )


def _threads(conn: Connection, site_id: int, split: Split) -> list[Any]:
    """The threads as they are now, with one that was opened since; who stays first."""
    found = conn.execute(
        select(thread).where(
            thread.c.site_id == site_id,
            thread.c.id.in_([each.id for each in split.parts])
            | (thread.c.identity == split.identity),
        )
    )
    return sorted(found, key=lambda row: _order(row, split.identity))


def _comment_ids(conn: Connection, thread_ids: Sequence[int]) -> list[int]:
    found = select(comment.c.id).where(one_of(conn, comment.c.thread_id, thread_ids))
    return list(conn.execute(found.order_by(comment.c.id)).scalars())


def _move(conn: Connection, from_ids: Sequence[int], to: int) -> int:
    """Put the comments of threads into another one; how many."""
    ids = _comment_ids(conn, from_ids)
    if not ids:
        return 0
    lock_rows(conn, comment, ids)
    conn.execute(
        update(comment).where(one_of(conn, comment.c.id, ids)).values(thread_id=to)
    )
    # A search for the thread finds them once they are described anew.
    known = conn.execute(
        select(comment_index.c.comment_id).where(
            one_of(conn, comment_index.c.comment_id, ids)
        )
    ).scalars()
    rows = [{"comment_id": each} for each in known]
    if rows:
        insert_rows(
            conn, index_queue, rows, conflict=lambda new: new.on_conflict_do_nothing()
        )
    return len(ids)


def _rename(
    conn: Connection, site_id: int, page: str, thread_id: int, names: Sequence[str]
) -> None:
    """Keep all that the threads were known by as names of the one that stays."""
    into = thread_alias.c.thread_id
    gone = select(thread.c.id).where(
        thread.c.site_id == site_id, thread.c.identity.in_(names)
    )
    conn.execute(update(thread_alias).where(into.in_(gone)).values(thread_id=thread_id))
    old = sorted(set(names) - {page})
    conn.execute(
        delete(thread_alias).where(
            thread_alias.c.site_id == site_id,
            thread_alias.c.identity.in_([*old, page]),
        )
    )
    if old:
        conn.execute(
            insert(thread_alias),
            [
                {"site_id": site_id, "identity": name, "thread_id": thread_id}
                for name in old
            ],
        )
