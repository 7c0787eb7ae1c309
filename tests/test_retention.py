"""What is forgotten, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, select, text

from moderation import retention
from moderation.comments.submit import submit
from moderation.schema.comments import revision
from moderation.storage.database import Database
from tests.factories import a_comment, a_draft, a_site
from tests.work import work


def test_addresses_are_forgotten_after_their_time(database: Database) -> None:
    """The hash and the network go; the comment stays."""
    now = datetime.now(UTC)
    with database.write() as conn:
        a_comment(conn, a_site(conn), "Said a while ago.")

    early = retention.forget(database, days=30, now=now + timedelta(days=29))
    late = retention.forget(database, days=30, now=now + timedelta(days=31))

    assert (early["revisions"], late["revisions"]) == (0, 1)
    with database.read() as conn:
        row = conn.execute(select(revision)).one()
    assert (row.address_hash, row.network) == (None, None)
    assert row.text == "Said a while ago."


def test_what_is_old_is_forgotten_in_short_parts(database: Database) -> None:
    """No transaction changes more than a part; what is left over is taken next."""
    now = datetime.now(UTC)
    with database.write() as conn:
        site = a_site(conn)
        for _ in range(7):
            a_comment(conn, site)
    changed: list[int] = []

    @event.listens_for(database.engine, "after_cursor_execute")
    def note(_conn: object, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE revision"):
            changed.append(cursor.rowcount)

    late = now + timedelta(days=31)
    forgotten = retention.forget(database, days=30, now=late, part=3)

    assert forgotten["revisions"] == 7
    assert changed == [3, 3, 1]


def test_what_was_forgotten_is_not_looked_at_again(database: Database) -> None:
    """The hourly look costs as little as there is to forget, however much is stored."""
    now = datetime.now(UTC)
    with database.write() as conn:
        site = a_site(conn)

    def look(count: int) -> int:
        with database.write() as conn:
            submit(conn, [a_draft(site) for _ in range(count)])
        late = now + timedelta(days=31)
        retention.forget(database, days=30, now=late)
        if not database.is_sqlite:
            with database.write() as conn:
                conn.execute(text("ANALYZE"))
        with database.write() as conn:
            return work(conn, lambda: retention.forget_revisions(conn, late, 200))

    few, many = look(40), look(3000)

    assert many <= 2 * few + 40
