"""Notices as they leave for real: web server, workers, Redis and a mail server."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest, decide
from moderation.enums import Mode, Status
from moderation.schema.comments import author
from moderation.schema.notifications import notice
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.conditions import eventually
from tests.factories import ARTICLE, ORIGIN, a_moderator, a_site
from tests.moderation.rows import row_of
from tests.postbox import Postbox
from tests.service import Service, running

ADA = "ada@example.org"


@pytest.fixture
def settings(make_settings: Callable[..., Settings], postbox: Postbox) -> Settings:
    return make_settings(smtp_url=postbox.url, grace_seconds=0.5, sweep_seconds=0.2)


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    with running(settings) as service:
        service.start_worker("slow", name="slow-1")
        service.start_worker("slow", name="slow-2")
        yield service


def post(service: Service, site: Site, text: str) -> str:
    """A comment by Ada, who asks to be told; its public id."""
    body = {
        "thread": {"url": ARTICLE},
        "author": {"name": "Ada", "email": ADA},
        "text": text,
        "notify": True,
    }
    request = urllib.request.Request(
        f"{service.url}/api/v1/sites/{site.key}/comments",
        json.dumps(body).encode(),
        {"Origin": ORIGIN},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.load(answer)["id"])


def test_a_notice_leaves_by_itself_and_once(
    service: Service, database: Database, postbox: Postbox
) -> None:
    with database.write() as conn:
        site = a_site(conn, key="news", settings=SiteSettings(mode=Mode.HOLD_ALL))
        who = Actor(a_moderator(conn, site).public_id, [site.id])
    ids = [post(service, site, f"Remark number {number}.") for number in range(4)]
    postbox.to(ADA)
    with database.write() as conn:
        conn.execute(update(author).values(email_confirmed_at=func.now()))

    def held() -> bool:
        with database.read() as conn:
            return {row_of(conn, each).status for each in ids} == {Status.HELD}

    eventually(held, within=30, what="the verdicts")
    for public_id in ids:
        ruling = DecisionRequest(public_id, 1, Status.HELD, Status.APPROVED)
        decide(database, who, ruling, datetime.now(UTC))

    mails = postbox.to(ADA, 5)

    def all_sent() -> bool:
        with database.read() as conn:
            open_ones = select(func.count()).where(notice.c.sent_at.is_(None))
            return conn.execute(open_ones).scalar_one() == 0

    eventually(all_sent, within=30, what="the last answer")
    subjects = sorted(mail["Subject"] for mail in mails)
    assert subjects[0].startswith("Please confirm")
    assert [each.endswith("is published") for each in subjects[1:]] == [True] * 4
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 5
    assert len(postbox.mails) == 5
