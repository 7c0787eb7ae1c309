"""A desk says when comments wait and none is decided, also to who has it open already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from moderation.schema.audit import journal
from moderation.schema.comments import revision
from moderation.sites.site import Site
from moderation.storage import stalled
from moderation.storage.database import Database
from tests.factories import a_comment
from tests.web.person import Person
from workers.runtime import Runtime
from workers.score import drain

SAID = "minutes no comment has been decided"


@pytest.mark.parametrize("store", ["sqlite"])
def test_the_desk_says_that_nothing_is_decided_until_something_is(
    app: Flask, person: Person, database: Database, site: Site, runtime: Runtime
) -> None:
    watch = app.extensions["moderation"].pulse.standstill
    now = 1_000.0
    watch.clock = lambda: now
    first = person.client.get("/review/live")
    tag = first.headers["ETag"]
    assert first.json["standstill"] == ""  # type: ignore[index]
    assert f"{SAID}" not in person.read("/review")
    with database.write() as conn:
        a_comment(conn, site)
        earlier = datetime.now(UTC) - timedelta(minutes=5)
        conn.execute(update(revision).values(created_at=earlier))
        conn.execute(update(journal).values(created_at=earlier))
    now += stalled.FRESH_SECONDS + 1

    answer = person.client.get("/review/live", headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert f"For 5 {SAID}" in answer.json["standstill"]  # type: ignore[index]
    assert f"data-standstill>For 5 {SAID}" in person.read("/review")
    assert f"data-standstill>For 5 {SAID}" in person.read("/settings")

    drain(runtime)
    now += stalled.FRESH_SECONDS + 1

    assert SAID not in person.read("/review")
    assert person.client.get("/review/live").json["standstill"] == ""  # type: ignore[index]
