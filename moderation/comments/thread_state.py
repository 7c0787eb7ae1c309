"""Whether the discussion of a page is open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from moderation.audit import journal
from moderation.audit.journal import Effect, Entry, EntryRef, sides
from moderation.comments import page_threads
from moderation.comments.page_threads import Names
from moderation.enums import Act
from moderation.errors import NotFound, NotUndoable
from moderation.schema.comments import thread
from moderation.sites.site import Site

THREAD = "thread"


def open_thread(
    conn: Connection,
    of: Site,
    page: Names,
    is_open: bool,
    *,
    actor: str,
    now: datetime,
) -> EntryRef:
    """Open or close the discussion of a page; NotFound where nobody commented yet."""
    known = page_threads.look_up(conn, of.id, [page])
    row = conn.execute(
        select(thread.c.id, thread.c.public_id, thread.c.is_open)
        .where(thread.c.id == known.get(page))
        .with_for_update(key_share=True)
    ).first()
    if row is None:
        raise NotFound("thread")
    _write_open(conn, row.public_id, is_open)
    effect = {
        "kind": THREAD,
        "thread": row.public_id,
        "before": {"open": row.is_open},
        "after": {"open": is_open},
    }
    return journal.write(
        conn, Entry(Act.SETTINGS, actor, now, (of.id,), effects=(effect,))
    )


def restore_thread(conn: Connection, effect: Effect, _now: datetime) -> Effect:
    """Open or close a discussion as it was before."""
    before, after = sides(effect)
    is_open = conn.execute(
        select(thread.c.is_open)
        .where(thread.c.public_id == effect["thread"])
        .with_for_update(key_share=True)
    ).scalar_one_or_none()
    # It may have been merged into another one.
    if is_open is None or is_open != after["open"]:
        raise NotUndoable("changed_later")
    _write_open(conn, str(effect["thread"]), bool(before["open"]))
    return {**effect, "before": after, "after": before}


def _write_open(conn: Connection, public_id: str, is_open: bool) -> None:
    conn.execute(
        update(thread)
        .where(thread.c.public_id == public_id)
        # Readers see whether it is open: what they have is out of date.
        .values(is_open=is_open, version=thread.c.version + 1)
    )
