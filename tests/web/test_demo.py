"""The demo fills itself through the real door and the real worker, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select

from moderation.accounts import memberships, moderators
from moderation.accounts.memberships import SiteRole
from moderation.demo import address, remarks, seed
from moderation.enums import Kind, Reason, Role, Status
from moderation.review import lanes
from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.settings import Settings
from moderation.sites import site as sites
from moderation.storage.database import Database
from tests.service import Service

only_sqlite = pytest.mark.parametrize("store", ["sqlite"])


def test_the_comments_of_the_demo_fit_together() -> None:
    said = remarks.read()

    assert 28 <= len(said) <= 40
    assert len({(remark.name, remark.text) for remark in said}) == len(said)
    for remark in said:
        word, _, reason = remark.then.partition(":")
        assert word in ("", Status.APPROVED, Status.REJECTED)
        assert not reason or Reason(reason)
        if remark.answers:
            first = next(each for each in said if each.name == remark.answers)
            assert first.then == "approved", "only what is visible can be answered"


@only_sqlite
def test_the_login_is_told_once(
    database: Database, settings: Settings, now: datetime
) -> None:
    login = seed.prepare(database, settings, now=now)

    assert login
    assert seed.prepare(database, settings, now=now) is None
    with database.read() as conn:
        who = moderators.verify(conn, email=login.email, password=login.password)
        assert who
        found = sites.find(conn, "demo")
        assert found
        assert memberships.of_site(conn, found.id) == [SiteRole(who, Role.OWNER)]
    assert "https://example.org" in found.origins
    assert address.origin(settings) in found.origins


@only_sqlite
def test_it_fills_itself_once(
    live: Service, database: Database, settings: Settings, now: datetime
) -> None:
    seed.prepare(database, settings, now=now)

    assert seed.fill(database, settings) == len(remarks.read())
    assert seed.fill(database, settings) == 0

    with database.read() as conn:
        rows = conn.execute(
            select(comment.c.status, func.count()).group_by(comment.c.status)
        )
        site_id = conn.execute(select(site.c.id)).scalar_one()
        found = Counter({Status(row[0]): row[1] for row in rows})
        answered = conn.execute(
            select(func.count()).where(comment.c.parent_id.is_not(None))
        ).scalar_one()
        waiting = lanes.counts(conn, [site_id])
    assert found.total() == len(remarks.read())
    assert found[Status.PENDING] == 0
    assert min(found[each] for each in (Status.APPROVED, Status.HELD, Status.REJECTED))
    assert waiting[Kind.REPORTED] == waiting[Kind.APPEALED] == 1
    assert answered == sum(bool(remark.answers) for remark in remarks.read())


@only_sqlite
@pytest.mark.parametrize(
    ("bind", "origin"),
    [
        ("127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("0.0.0.0:8001", "http://localhost:8001"),
        ("[::]:8001", "http://localhost:8001"),
    ],
)
def test_the_article_names_an_address_that_one_can_go_to(
    make_settings: Callable[..., Settings], bind: str, origin: str
) -> None:
    assert address.origin(make_settings(demo_bind=bind)) == origin
