"""The thread of a page, by any name that the page has; opened where there is none.

A page may have been known by other names: before addresses were folded as they are
now, before its thread was merged into another one, before its site had other rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from moderation.ids import new_key, new_public_id
from moderation.schema.comments import thread, thread_alias
from moderation.storage.database import insert_all

# What a page may be known by; a new thread gets the first of them.
Names = tuple[str, ...]


class NewThread(NamedTuple):
    """What a new thread says of its page."""

    url: str
    title: str
    at: datetime


class ThreadRef(NamedTuple):
    """A thread that is replied to."""

    id: int
    is_open: bool


_IN_SITE = thread.c.site_id == bindparam("site")
_NAMED: Any = bindparam("names", expanding=True)
# Statements are built once: making one costs more than running it. PostgreSQL keeps the
# threads from being merged away before the comments are stored.
_BY_IDENTITY = (
    select(thread.c.identity, thread.c.id, thread.c.is_open)
    .where(_IN_SITE, thread.c.identity.in_(_NAMED))
    .with_for_update(read=True, key_share=True, of=thread)
)
_BY_ALIAS = (
    select(thread_alias.c.identity, thread.c.id, thread.c.is_open)
    .join(thread, thread.c.id == thread_alias.c.thread_id)
    .where(thread_alias.c.site_id == bindparam("site"))
    .where(thread_alias.c.identity.in_(_NAMED))
    .with_for_update(read=True, key_share=True, of=thread)
)
_ID_BY_IDENTITY = select(thread.c.identity, thread.c.id).where(
    _IN_SITE, thread.c.identity.in_(_NAMED)
)
_ID_BY_ALIAS = select(thread_alias.c.identity, thread_alias.c.thread_id).where(
    thread_alias.c.site_id == bindparam("site"), thread_alias.c.identity.in_(_NAMED)
)


def look_up(conn: Connection, site_id: int, pages: Sequence[Names]) -> dict[Names, int]:
    """Row keys of the threads that these pages have, for readers."""
    found = _matching(
        conn, site_id, pages, {name for names in pages for name in names},
        (_ID_BY_IDENTITY, _ID_BY_ALIAS),
    )  # fmt: skip
    return {names: row[1] for names, row in found.items()}


def find_or_open(
    conn: Connection, site_id: int, pages: Mapping[Names, NewThread]
) -> dict[Names, ThreadRef]:
    """The threads of pages that are commented on, in the transaction that does it."""
    known = _locked(conn, site_id, pages)
    missing: dict[str, dict[str, Any]] = {
        names[0]: {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": site_id,
            "identity": names[0],
            "url": of.url,
            "title": of.title,
            "is_open": True,
            "version": 0,
            "created_at": of.at,
        }
        for names, of in pages.items()
        if names not in known
    }
    found = {names: ThreadRef(row[1], row[2]) for names, row in known.items()}
    if not missing:
        return found
    # In one order everywhere, so that two batches never wait for each other.
    rows = [row for _, row in sorted(missing.items(), key=itemgetter(0))]
    if insert_all(conn, thread, rows):
        new = {names: missing[names[0]]["id"] for names in pages if names not in known}
        return found | {names: ThreadRef(key, True) for names, key in new.items()}
    # Another process opened the same thread at this moment: one wins.
    known = _locked(conn, site_id, pages)
    return {names: ThreadRef(row[1], row[2]) for names, row in known.items()}


def _locked(
    conn: Connection, site_id: int, pages: Mapping[Names, NewThread]
) -> dict[Names, Any]:
    wanted = {name for names in pages for name in names}
    return _matching(conn, site_id, list(pages), wanted, (_BY_IDENTITY, _BY_ALIAS))


def _matching(
    conn: Connection,
    site_id: int,
    pages: Sequence[Names],
    wanted: set[str],
    statements: tuple[Any, Any],
) -> dict[Names, Any]:
    """Rows by page; a thread that stands under an earlier name goes before others.

    There what the page's readers know is found until the threads are merged.
    """
    found: dict[Names, Any] = {}
    for statement in statements:
        query = {"site": site_id, "names": sorted(wanted)}
        rows = {row[0]: row for row in conn.execute(statement, query)}
        for names in pages:
            here = [rows[name] for name in reversed(names) if name in rows]
            if names not in found and here:
                found[names] = here[0]
        wanted = {name for names in pages if names not in found for name in names}
        if not wanted:
            break
    return found
