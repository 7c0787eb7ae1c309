"""What owners and operators change: settings of a site, its authors, its threads.

Each change is a journal entry with what it was before, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from moderation.db import insert_or_ignore
from moderation.errors import NotFound
from moderation.identity import new_key, new_public_id
from moderation.schema import author, journal, site, thread
from moderation.sites import Site, SiteSettings
from moderation.vocabulary import Act


def change_settings(
    conn: Connection, of: Site, settings: SiteSettings, *, actor: str, now: datetime
) -> None:
    """Give a site other settings; in force within seconds, for what is decided then."""
    document = settings.model_dump(mode="json")
    before = of.settings.model_dump(mode="json")
    conn.execute(
        update(site)
        .where(site.c.id == of.id)
        .values(settings=document, settings_version=site.c.settings_version + 1)
    )
    changed = {
        name: [before[name], value]
        for name, value in document.items()
        if before[name] != value
    }
    _record(conn, of.id, actor, now, {"settings": changed})


def mark_author(
    conn: Connection,
    of: Site,
    identity: str,
    marks: Mapping[str, bool],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Set ``trusted`` or ``banned`` for an author, who need not have written yet."""
    conn.execute(
        insert_or_ignore(conn, author),
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": of.id,
            "identity": identity,
            "name": "",
            "approved": 0,
            "rejected": 0,
            "trusted": False,
            "banned": False,
            "first_seen": now,
        },
    )
    row = conn.execute(
        update(author)
        .where(author.c.site_id == of.id, author.c.identity == identity)
        .values(**marks)
        .returning(author.c.public_id)
    ).one()
    _record(conn, of.id, actor, now, {"author": row.public_id, **marks})


def open_thread(
    conn: Connection,
    of: Site,
    identity: str,
    is_open: bool,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Open or close the discussion of a page; NotFound where nobody commented yet."""
    row = conn.execute(
        select(thread.c.id, thread.c.public_id).where(
            thread.c.site_id == of.id, thread.c.identity == identity
        )
    ).first()
    if row is None:
        raise NotFound("thread")
    conn.execute(
        update(thread)
        .where(thread.c.id == row.id)
        # Readers see whether it is open: what they have is out of date.
        .values(is_open=is_open, version=thread.c.version + 1)
    )
    _record(conn, of.id, actor, now, {"thread": row.public_id, "open": is_open})


def _record(
    conn: Connection, site_id: int, actor: str, now: datetime, detail: dict[str, object]
) -> None:
    conn.execute(
        insert(journal),
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "act": Act.SETTINGS.value,
            "actor": actor,
            "site_id": site_id,
            "detail": detail,
            "created_at": now,
        },
    )
