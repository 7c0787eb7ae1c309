"""Bans of a domain and of a network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from moderation.comments.draft import Stored
from moderation.schema.authors import ban
from moderation.storage.database import Database
from tests.web.marking import JANE, mark, page_of, statuses, undo
from tests.web.person import Person

Hold = Callable[..., Stored]


@pytest.mark.parametrize(
    ("what", "same", "another"),
    [
        ("domain", {"email": "jim@EXAMPLE.org"}, {"email": "jim@example.net"}),
        ("network", {"address": "192.0.2.200"}, {"address": "198.51.100.1"}),
    ],
)
def test_a_domain_and_a_network_can_be_banned_for_a_while(
    hold: Hold,
    person: Person,
    database: Database,
    what: str,
    same: dict[str, str],
    another: dict[str, str],
) -> None:
    page = page_of(database, hold(**JANE, address="192.0.2.7").public_id)

    mark(person, page, mark=f"ban_{what}")
    assert statuses(database, hold(**same), hold(**another)) == ["rejected", "held"]
    mark(person, page, mark=f"unban_{what}")
    assert statuses(database, hold(**same)) == ["held"]
    undo(person, page)
    assert statuses(database, hold(**same)) == ["rejected"]
    with database.write() as conn:
        conn.execute(update(ban).values(until=datetime.now(UTC)))
    assert statuses(database, hold(**same)) == ["held"]


def test_a_ban_of_a_domain_is_taken_back_like_anything_else(
    hold: Hold, person: Person, database: Database
) -> None:
    page = page_of(database, hold(**JANE).public_id)
    mark(person, page, mark="ban_domain")

    undo(person, page)

    assert statuses(database, hold(**JANE)) == ["held"]
