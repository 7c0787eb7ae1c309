"""Webhooks as they leave for real: web server, workers, Redis and a publisher's server."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest, decide
from moderation.enums import Mode, Status
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.storage.database import Database
from moderation.webhooks import endpoints
from tests.conditions import eventually
from tests.factories import ARTICLE, ORIGIN, a_moderator, a_site
from tests.publisher import Publisher
from tests.service import Service, running


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(
        webhook_networks="127.0.0.0/8", grace_seconds=0.5, sweep_seconds=0.2
    )


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    with running(settings) as service:
        service.start_worker("slow", name="slow-1")
        service.start_worker("slow", name="slow-2")
        yield service


@pytest.mark.parametrize("store", ["sqlite"])
def test_news_leave_by_themselves_in_order_and_once(
    service: Service, database: Database
) -> None:
    with Publisher().open() as publisher:
        with database.write() as conn:
            hold_all = SiteSettings(mode=Mode.HOLD_ALL)
            site = a_site(conn, key="news", settings=hold_all)
            who = Actor(a_moderator(conn, site).public_id, [site.id])
            now = datetime.now(UTC)
            endpoints.add(conn, site, publisher.url, actor=who.actor, now=now)
        body = {"thread": {"url": ARTICLE}, "author": {"name": "Ada"}, "text": "Ferry?"}
        request = urllib.request.Request(
            f"{service.url}/api/v1/sites/news/comments",
            json.dumps(body).encode(),
            {"Origin": ORIGIN},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            public_id = json.load(answer)["id"]
        eventually(lambda: publisher.statuses(), within=90, what="news of a held one")

        ruling = DecisionRequest(public_id, 1, Status.HELD, Status.APPROVED)
        decide(database, who, ruling, datetime.now(UTC))
        eventually(lambda: len(publisher.told()) > 1, within=90, what="more news")

        assert publisher.statuses() == ["held", "approved"]
        assert {each["id"] for each in publisher.told()} == {public_id}
