"""Whoever has a desk open hears that nothing is decided, and that it goes on."""

from __future__ import annotations

import re
import signal
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from moderation.schema.audit import journal
from moderation.schema.comments import revision
from moderation.schema.search import index_queue
from moderation.storage.stalled import FRESH_SECONDS
from tests.browser.conftest import News
from tests.conditions import eventually

# A look at the store, and the next question of the desk.
SOON = 1000 * (2 * FRESH_SECONDS + 5)


def test_an_open_desk_says_that_nothing_is_decided_until_something_is(
    news: News, desk: Page
) -> None:
    said = desk.locator("[data-standstill]")
    expect(said).to_be_hidden()
    worker = news.service.processes["worker-1"]
    eventually(lambda: _is_idle(news), what="a worker that holds no lock")
    with news.database.write():
        worker.send_signal(signal.SIGSTOP)
    try:
        news.post("Nobody decides about this.")
        earlier = datetime.now(UTC) - timedelta(minutes=5)
        with news.database.write() as conn:
            for table in (revision, journal):
                conn.execute(update(table).values(created_at=earlier))

        expect(said).to_have_text(re.compile("For 5 minutes no comment"), timeout=SOON)
        expect(said).to_be_visible()
    finally:
        worker.send_signal(signal.SIGCONT)

    expect(said).to_be_hidden(timeout=SOON)


def _is_idle(news: News) -> bool:
    with news.database.read() as conn:
        left = conn.execute(select(func.count()).select_from(index_queue)).scalar_one()
    return not left
