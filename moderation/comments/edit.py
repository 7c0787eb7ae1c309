"""Edits: an author changes a comment, and it is judged anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, null, select, update

from moderation.audit import actors
from moderation.audit.journal import Entry
from moderation.comments import guard
from moderation.comments.rendering import render
from moderation.comments.submission import text_hash
from moderation.decisions.apply import apply
from moderation.decisions.choice import COLUMNS, Choice
from moderation.enums import Act, Status
from moderation.errors import NotFound, Refused
from moderation.schema.comments import comment, revision
from moderation.storage import site_locks

EDIT_WINDOW = timedelta(minutes=15)
# What an author may still change. A rejection stands: editing is no way around it.
EDITABLE = (Status.PENDING, Status.HELD, Status.APPROVED)


@dataclass(frozen=True)
class Wording:
    """New words with all that can be made of them before writing."""

    text: str
    text_hash: int
    html: str


def worded(text: str) -> Wording:
    """Do the work that needs no transaction; Refused for what the door would refuse."""
    if refusal := guard.text_refusal(text):
        raise refusal
    return Wording(text, text_hash(text), render(text))


def edit(conn: Connection, public_id: str, wording: Wording, now: datetime) -> None:
    """Store other words as a new revision and send the comment back to the classifiers.

    Refused for a comment that is rejected
    or deleted, and when the time for it is over. Whoever decides about the earlier
    revision meanwhile is told that it changed.
    """
    site_locks.lock_site_of(conn, public_id)
    # Locked: no worker may decide about the earlier words while these take their place.
    row = conn.execute(
        select(comment)
        .where(comment.c.public_id == public_id)
        .with_for_update(key_share=True)
    ).first()
    if row is None:
        raise NotFound("comment")
    status = Status(row.status)
    if status not in EDITABLE or now - row.created_at > EDIT_WINDOW:
        raise Refused("edit_too_late", field="text")
    if status is not Status.PENDING:
        _withdraw(conn, row.id, now)
    _append(conn, row.id, wording, now)


def _withdraw(conn: Connection, comment_id: int, now: datetime) -> None:
    """Back to pending, with a decision that says that the author did it."""
    row = conn.execute(select(*COLUMNS).where(comment.c.id == comment_id)).one()
    choice = Choice.of(row, Status.PENDING)
    applied = apply(conn, Entry(Act.EDIT, actors.AUTHOR, now), [choice])
    if applied.missed:
        raise Refused("edit_too_late", field="text")


def _append(conn: Connection, comment_id: int, wording: Wording, now: datetime) -> None:
    number = conn.execute(
        update(comment)
        .where(comment.c.id == comment_id)
        # A lease on the earlier revision is void: its decision will miss.
        .values(
            revision=comment.c.revision + 1,
            text_hash=wording.text_hash,
            claimed_until=null(),
        )
        .returning(comment.c.revision)
    ).scalar_one()
    earlier = (
        conn.execute(
            select(revision).where(
                revision.c.comment_id == comment_id, revision.c.number == number - 1
            )
        )
        .mappings()
        .one()
    )
    conn.execute(
        insert(revision),
        {
            **earlier,
            "number": number,
            "text": wording.text,
            "html": wording.html,
            "created_at": now,
        },
    )
