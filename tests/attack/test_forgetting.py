"""Forgetting waits for nobody who acts: two that wait for each other end badly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from moderation import retention
from moderation.db import Database
from moderation.reader_schema import report
from moderation.sites import Site
from moderation.vocabulary import Status
from tests.factories import a_site
from tests.moderation.settled import Desk


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn)


@pytest.mark.parametrize("store", ["postgresql"])
def test_a_report_that_is_being_settled_is_forgotten_the_next_day(
    database: Database, site: Site, now: datetime
) -> None:
    desk = Desk(database, site)
    for reader in ("a reader", "another reader"):
        desk.report(desk.comment(Status.APPROVED), reader)
    later = now + timedelta(days=31)

    with database.write() as settling:
        of_one = update(report).where(report.c.reporter == "a reader")
        settling.execute(of_one.values(agreed=True))
        with database.write() as conn:
            conn.execute(text("SET LOCAL lock_timeout = '5s'"))
            retention.forget(conn, days=30, now=later)

    def reporters() -> set[str]:
        with database.read() as conn:
            return set(conn.execute(select(report.c.reporter)).scalars())

    assert "a reader" in reporters()
    assert "another reader" not in reporters()
    with database.write() as conn:
        retention.forget(conn, days=30, now=later)
    assert "a reader" not in reporters()
