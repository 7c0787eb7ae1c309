"""Forgetting waits for nobody who acts: two that wait for each other end badly."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from moderation import retention
from moderation.enums import Status
from moderation.schema.feedback import report
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
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

    address = database.engine.url.update_query_dict({"options": "-c lock_timeout=5s"})
    impatient = connect(address.render_as_string(hide_password=False))
    with closing(impatient), database.write() as settling:
        of_one = update(report).where(report.c.reporter == "a reader")
        settling.execute(of_one.values(agreed=True))
        retention.forget(impatient, days=30, now=later)

    def reporters() -> set[str]:
        with database.read() as conn:
            return set(conn.execute(select(report.c.reporter)).scalars())

    assert "a reader" in reporters()
    assert "another reader" not in reporters()
    retention.forget(database, days=30, now=later)
    assert "a reader" not in reporters()
