"""The database goes away in the middle of the day."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from moderation.schema.comments import author, comment, thread
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.moderation.visitor import DOORS, Visitor, check_refused
from tests.servers import Postgres


@pytest.mark.parametrize("store", ["postgresql"])
@pytest.mark.parametrize("site_is_known", [True, False])
def test_a_visitor_is_asked_to_come_back_and_nothing_is_half_stored(
    client: FlaskClient,
    database: Database,
    site: Site,
    postgres: Postgres,
    site_is_known: bool,
) -> None:
    if site_is_known:
        client.get("/api/v1/sites/news/form")
    postgres.stop()
    try:
        for door in DOORS:
            answer = Visitor(client, door).send()
            check_refused(answer, door, 503, "store_unavailable")
            assert answer.headers["Retry-After"] == "5"
    finally:
        postgres.start()

    for table in (comment, author, thread):
        with database.read() as conn:
            assert conn.execute(select(func.count()).select_from(table)).scalar() == 0
    assert Visitor(client, "json").send().status_code == 202
