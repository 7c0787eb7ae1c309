"""What a page of the desk says, and where a comment stands."""

from __future__ import annotations

import re

from moderation.comments import threads
from moderation.comments.draft import Stored
from moderation.enums import Status
from moderation.storage.database import Database


def words_of(page: str) -> str:
    """What a page says, whatever is marked in it."""
    return re.sub(r"<[^>]+>", "", page)


def status(database: Database, stored: Stored) -> Status:
    """Where a comment stands."""
    with database.read() as conn:
        return threads.status_of(conn, stored.public_id).status
