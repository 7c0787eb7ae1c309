"""Notes that moderators leave each other about authors and about single comments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from moderation.accounts.actor import Actor
from moderation.audit import journal
from moderation.audit.journal import Effect, Entry, EntryRef
from moderation.enums import Act
from moderation.errors import NotFound, NotUndoable
from moderation.ids import new_key, new_public_id
from moderation.schema.accounts import moderator
from moderation.schema.authors import note
from moderation.schema.comments import author, comment

# The kind of effect that is reversed here.
NOTE = "note"
TEXT_MAX = 2_000
# An author's page shows the latest.
SHOWN = 50


@dataclass(frozen=True)
class Note:
    """What somebody wrote about an author."""

    id: str
    text: str
    by: str
    by_id: str
    at: datetime
    # The comment on whose card it was written; empty for one about the author alone.
    comment_id: str = ""


def write(
    conn: Connection,
    who: Actor,
    author_id: str,
    text: str,
    now: datetime,
    *,
    comment_id: str = "",
) -> EntryRef:
    """Keep a note; ValueError without words or with too many, NotFound elsewhere.

    One about a comment of theirs names it.
    """
    text = text.strip()
    if not text or len(text) > TEXT_MAX:
        raise ValueError("note")
    row = conn.execute(
        select(author.c.id, author.c.site_id).where(
            author.c.public_id == author_id, author.c.site_id.in_(who.site_ids)
        )
    ).first()
    if row is None:
        raise NotFound("author")
    about = _comment_of(conn, row.id, comment_id) if comment_id else None
    writer = conn.execute(
        select(moderator.c.id).where(moderator.c.public_id == who.public_id)
    ).scalar_one()
    public_id = new_public_id()
    conn.execute(
        insert(note),
        {
            "id": new_key(),
            "public_id": public_id,
            "site_id": row.site_id,
            "author_id": row.id,
            "comment_id": about,
            "moderator_id": writer,
            "text": text,
            "created_at": now,
        },
    )
    return _journal(conn, who, row.site_id, author_id, public_id, there=True, now=now)


def remove(
    conn: Connection, who: Actor, note_id: str, now: datetime
) -> tuple[EntryRef, str]:
    """Take a note off the page of an author, whose id comes back too.

    Only the one who wrote it may, or an owner of the site; NotFound for others.
    """
    row = conn.execute(
        select(
            note.c.site_id,
            moderator.c.public_id.label("writer"),
            author.c.public_id.label("author_id"),
        )
        .join(moderator, moderator.c.id == note.c.moderator_id)
        .join(author, author.c.id == note.c.author_id)
        .where(
            note.c.public_id == note_id,
            note.c.site_id.in_(who.site_ids),
            note.c.removed_at.is_(None),
        )
    ).first()
    if row is None or (row.writer != who.public_id and row.site_id not in who.owned):
        raise NotFound("note")
    _show(conn, note_id, now)
    opened = _journal(
        conn, who, row.site_id, row.author_id, note_id, there=False, now=now
    )
    return opened, row.author_id


def restore(conn: Connection, effect: Effect, now: datetime) -> Effect:
    """Put a note back, or take it off again, unless somebody did since."""
    before, after = effect["before"], effect["after"]
    there = conn.execute(
        select(note.c.removed_at.is_(None)).where(note.c.public_id == effect["note"])
    ).scalar_one()
    if after != {"there": bool(there)}:
        raise NotUndoable("changed_later")
    _show(conn, str(effect["note"]), now if there else None)
    return {**effect, "before": after, "after": before}


def of_author(conn: Connection, author_row: int) -> list[Note]:
    """The latest notes about an author and their comments, newest first."""
    mine = _shown().where(note.c.author_id == author_row).limit(SHOWN)
    return [_note(row) for row in conn.execute(mine)]


def of_comments(
    conn: Connection, comment_rows: Collection[int]
) -> Mapping[int, Sequence[Note]]:
    """The notes about single comments, by their row keys, newest first."""
    found: dict[int, list[Note]] = defaultdict(list)
    # By way of the authors, for whom there is an index.
    writers = select(comment.c.author_id).where(comment.c.id.in_(comment_rows))
    wanted = _shown().where(
        note.c.author_id.in_(writers), note.c.comment_id.in_(comment_rows)
    )
    for row in conn.execute(wanted):
        found[row.comment_row].append(_note(row))
    return found


def _shown() -> Select[Any]:
    return (
        select(
            note.c.public_id,
            note.c.text,
            moderator.c.name,
            moderator.c.public_id.label("by_id"),
            note.c.created_at,
            comment.c.public_id.label("comment_id"),
            comment.c.id.label("comment_row"),
        )
        .join(moderator, moderator.c.id == note.c.moderator_id)
        .outerjoin(comment, comment.c.id == note.c.comment_id)
        .where(note.c.removed_at.is_(None))
        .order_by(note.c.id.desc())
    )


def _note(row: Row[Any]) -> Note:
    return Note(
        row.public_id,
        row.text,
        row.name,
        row.by_id,
        row.created_at,
        row.comment_id or "",
    )


def _comment_of(conn: Connection, author_row: int, comment_id: str) -> int:
    found: int | None = conn.execute(
        select(comment.c.id).where(
            comment.c.public_id == comment_id, comment.c.author_id == author_row
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("comment")
    return found


def _show(conn: Connection, note_id: str, removed_at: datetime | None) -> None:
    conn.execute(
        update(note).where(note.c.public_id == note_id).values(removed_at=removed_at)
    )


def _journal(
    conn: Connection,
    who: Actor,
    site_id: int,
    author_id: str,
    note_id: str,
    *,
    there: bool,
    now: datetime,
) -> EntryRef:
    effect = {
        "kind": NOTE,
        "note": note_id,
        "before": {"there": not there},
        "after": {"there": there},
    }
    detail = {"author": author_id}
    return journal.write(
        conn, Entry(Act.NOTE, who.actor, now, (site_id,), detail, (effect,))
    )
