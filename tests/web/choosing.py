"""Many comments at once, as our script sends them."""

from __future__ import annotations

import re
from typing import Any

from moderation.storage.database import Database
from tests.moderation.rows import row_of
from tests.web.person import Person


def post(person: Person, path: str, **form: Any) -> Any:
    """Send a form as our script does."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', person.read("/review"))
    assert found
    return person.client.post(
        path,
        data={"csrf_token": found[1], **form},
        headers={"Accept": "application/json"},
    )


def seen(ids: list[str], status: str = "held") -> list[str]:
    """Comments with the revision and the status that were on the screen."""
    return [f"{each}:1:{status}" for each in ids]


def statuses(database: Database, ids: list[str]) -> list[str]:
    """Where the comments stand."""
    with database.read() as conn:
        return [row_of(conn, each).status for each in ids]
