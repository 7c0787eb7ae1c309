"""What tests of an author's page do there, and read from the rows."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from moderation.comments.draft import Stored
from moderation.schema.comments import author, comment
from moderation.storage.database import Database
from tests.moderation.rows import row_of
from tests.web.person import Person

JANE = {"name": "Jane", "email": "jane@example.org"}


def page_of(database: Database, public_id: str) -> str:
    """The path of the page of a comment's author."""
    with database.read() as conn:
        found = conn.execute(
            select(author.c.public_id)
            .join(comment, comment.c.author_id == author.c.id)
            .where(comment.c.public_id == public_id)
        ).scalar_one()
    return f"/authors/{found}"


def mark(person: Person, page: str, **form: str) -> Any:
    """Send the form with which the page's author is marked."""
    return person.send(page, f"{page}/marks", **form)


def undo(person: Person, page: str) -> Any:
    """Press the undo button that the last act left on the page."""
    text = person.client.get(page).text
    found = re.search(r'action="(/review/decided/\w+/undo)"', text)
    assert found, "no undo on the page"
    return person.send(page, found[1])


def statuses(database: Database, *stored: Stored) -> list[str]:
    """Where the comments stand."""
    with database.read() as conn:
        return [row_of(conn, each.public_id).status for each in stored]


def marks_of(database: Database, public_id: str) -> tuple[bool, bool, Any]:
    """Whether a comment's author is trusted, is banned, and until when."""
    with database.read() as conn:
        row = conn.execute(
            select(author.c.trusted, author.c.banned, author.c.banned_until)
            .join(comment, comment.c.author_id == author.c.id)
            .where(comment.c.public_id == public_id)
        ).one()
    return row[0], row[1], row[2]
