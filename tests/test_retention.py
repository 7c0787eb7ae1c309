"""What is forgotten, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from moderation import retention
from moderation.db import Database
from moderation.schema import revision
from tests.factories import a_comment, a_site


def test_addresses_are_forgotten_after_their_time(database: Database) -> None:
    """The hash and the network go; the comment stays."""
    now = datetime.now(UTC)
    with database.write() as conn:
        a_comment(conn, a_site(conn), "Said a while ago.")

    with database.write() as conn:
        early = retention.forget(conn, days=30, now=now + timedelta(days=29))
    with database.write() as conn:
        late = retention.forget(conn, days=30, now=now + timedelta(days=31))

    assert (early, late) == (0, 1)
    with database.read() as conn:
        row = conn.execute(select(revision)).one()
    assert (row.address_hash, row.network) == (None, None)
    assert row.text == "Said a while ago."
