"""Whether an author is trusted or banned, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from moderation.audit import journal
from moderation.audit.journal import Effect, Entry, EntryRef, sides
from moderation.enums import Act
from moderation.errors import NotUndoable
from moderation.ids import new_key, new_public_id
from moderation.schema.comments import author
from moderation.sites.site import Site
from moderation.storage.database import insert_or_ignore

# The kind of effect that is reversed here.
AUTHOR = "author"


def flag_author(
    conn: Connection,
    of: Site,
    identity: str,
    marks: Mapping[str, object],
    *,
    actor: str,
    now: datetime,
) -> EntryRef:
    """Set ``trusted`` or ``banned`` for an author, who need not have written yet."""
    effect = set_flags(conn, of.id, identity, marks, now)
    return journal.write(
        conn, Entry(Act.AUTHOR, actor, now, (of.id,), effects=(effect,))
    )


def set_flags(
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
    before, after = sides(effect)
    now = _marks(row)
    if any(now[name] != value for name, value in after.items()):
        raise NotUndoable("changed_later")
    _write_marks(conn, row.id, before)
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
