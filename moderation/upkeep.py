"""What owners and operators change: settings of a site, its authors, its threads.

Each change is a journal entry with what it was before, in the same transaction, so
that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from moderation import journals, page_threads
from moderation.db import insert_or_ignore
from moderation.errors import NotFound, NotUndoable
from moderation.identity import new_key, new_public_id
from moderation.journals import Effect, Entry, Opened
from moderation.page_threads import Names
from moderation.schema import author, site, thread
from moderation.sites import Site, SiteSettings
from moderation.vocabulary import Act

# The kinds of effects that are reversed here.
AUTHOR, SETTINGS, THREAD = "author", "settings", "thread"


def change_settings(
    conn: Connection, of: Site, settings: SiteSettings, *, actor: str, now: datetime
) -> Opened:
    """Give a site other settings; in force within seconds, for what is decided then.

    Only what differs from the settings that were seen is written: what somebody else
    changed meanwhile stays, and so does what only another version knows. What could not
    be read was seen as what stands in its place.
    """
    seen = of.settings.model_dump(mode="json")
    wanted = settings.model_dump(mode="json")
    changed = [
        name
        for name, value in wanted.items()
        if seen[name] != value or name in of.unreadable
    ]
    before = _settings(conn, of.id)
    document = before | {name: wanted[name] for name in changed}
    conn.execute(
        update(site)
        .where(site.c.id == of.id)
        .values(settings=document, settings_version=site.c.settings_version + 1)
    )
    effect = {
        "kind": SETTINGS,
        "site": of.id,
        "before": {name: before[name] for name in changed},
        "after": {name: document[name] for name in changed},
    }
    return journals.write(
        conn, Entry(Act.SETTINGS, actor, now, (of.id,), effects=(effect,))
    )


def restore_settings(conn: Connection, effect: Effect, _now: datetime) -> Effect:
    """Give the changed settings their earlier values; others stay as they are now."""
    before, after = _sides(effect)
    document = _settings(conn, effect["site"])
    if any(document.get(name) != value for name, value in after.items()):
        raise NotUndoable("changed_later")
    conn.execute(
        update(site)
        .where(site.c.id == effect["site"])
        .values(
            settings=document | before, settings_version=site.c.settings_version + 1
        )
    )
    return {**effect, "before": after, "after": before}


def mark_author(
    conn: Connection,
    of: Site,
    identity: str,
    marks: Mapping[str, object],
    *,
    actor: str,
    now: datetime,
) -> Opened:
    """Set ``trusted`` or ``banned`` for an author, who need not have written yet."""
    effect = set_marks(conn, of.id, identity, marks, now)
    return journals.write(
        conn, Entry(Act.AUTHOR, actor, now, (of.id,), effects=(effect,))
    )


def set_marks(
    conn: Connection,
    site_id: int,
    identity: str,
    marks: Mapping[str, object],
    now: datetime,
) -> Effect:
    """Write `marks` of an author, known or not; what to put into the journal.

    ``banned_until`` is an ISO 8601 time or None, as the journal keeps it.
    """
    conn.execute(
        insert_or_ignore(conn, author, "site_id", "identity"),
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": site_id,
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
        select(author)
        .where(author.c.site_id == site_id, author.c.identity == identity)
        .with_for_update(key_share=True)
    ).one()
    before = _marks(row)
    _write_marks(conn, row.id, marks)
    return {
        "kind": AUTHOR,
        "author": row.public_id,
        "before": {name: before[name] for name in marks},
        "after": dict(marks),
    }


def restore_author(conn: Connection, effect: Effect, _now: datetime) -> Effect:
    """Give an author the earlier marks back, unless somebody changed them since."""
    row = conn.execute(
        select(author)
        .where(author.c.public_id == effect["author"])
        .with_for_update(key_share=True)
    ).one()
    before, after = _sides(effect)
    now = _marks(row)
    if any(now[name] != value for name, value in after.items()):
        raise NotUndoable("changed_later")
    _write_marks(conn, row.id, before)
    return {**effect, "before": after, "after": before}


def open_thread(
    conn: Connection,
    of: Site,
    page: Names,
    is_open: bool,
    *,
    actor: str,
    now: datetime,
) -> Opened:
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
    return journals.write(
        conn, Entry(Act.SETTINGS, actor, now, (of.id,), effects=(effect,))
    )


def restore_thread(conn: Connection, effect: Effect, _now: datetime) -> Effect:
    """Open or close a discussion as it was before."""
    before, after = _sides(effect)
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


def lock_authors(conn: Connection, effects: Iterable[Effect]) -> None:
    """Lock the authors of all these effects, in the order in which batches do."""
    ids = [effect["author"] for effect in effects if effect["kind"] == AUTHOR]
    if len(ids) > 1:
        conn.execute(
            select(author.c.id)
            .where(author.c.public_id.in_(ids))
            .order_by(author.c.id)
            .with_for_update(key_share=True)
        )


def _settings(conn: Connection, site_id: object) -> dict[str, Any]:
    """What a site has at the moment; nobody else changes it before the commit."""
    kept = select(site.c.settings).where(site.c.id == site_id)
    row = conn.execute(kept.with_for_update(key_share=True)).one()
    usual = SiteSettings().model_dump(mode="json")
    # What only another version knows stays as that one has left it.
    return usual | row.settings if isinstance(row.settings, dict) else usual


def _sides(effect: Effect) -> tuple[dict[str, object], dict[str, object]]:
    before, after = effect["before"], effect["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    return before, after


def _marks(row: Any) -> dict[str, object]:
    """An author's marks as the journal keeps them."""
    until = row.banned_until.isoformat() if row.banned_until else None
    return {"trusted": row.trusted, "banned": row.banned, "banned_until": until}


def _write_marks(conn: Connection, author_id: int, marks: Mapping[str, object]) -> None:
    values = dict(marks)
    until = values.get("banned_until")
    if isinstance(until, str):
        values["banned_until"] = datetime.fromisoformat(until)
    conn.execute(update(author).where(author.c.id == author_id).values(**values))


def _write_open(conn: Connection, public_id: str, is_open: bool) -> None:
    conn.execute(
        update(thread)
        .where(thread.c.public_id == public_id)
        # Readers see whether it is open: what they have is out of date.
        .values(is_open=is_open, version=thread.c.version + 1)
    )
