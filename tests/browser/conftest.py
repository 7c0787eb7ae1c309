"""The demo as `moderation up --demo` runs it: two origins, real processes."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from moderation import review, schema, sites
from moderation.db import Database
from moderation.demo import address, seed
from moderation.demo.seed import Login
from moderation.review import Card
from moderation.settings import Settings
from tests.browsing import STEP_MILLISECONDS
from tests.conditions import eventually
from tests.factories import CAREFUL
from tests.service import Service

expect.set_options(timeout=STEP_MILLISECONDS)


@dataclass(frozen=True)
class News:
    """The demo's newspaper with its desk."""

    service: Service
    settings: Settings
    database: Database
    login: Login

    @property
    def article(self) -> str:
        """The address of the article, on the publisher's origin."""
        return address.thread_url(self.settings)

    def read(self, page: Page) -> None:
        """Open the article and scroll to the form, as a visitor does."""
        page.goto(self.article)
        page.locator("leave-a-reply").scroll_into_view_if_needed()
        page.get_by_role("heading", name="comment").first.wait_for()

    def write(self, page: Page, text: str, name: str = "Robin") -> None:
        """Fill in the form and send it."""
        page.get_by_label("Comment", exact=False).first.fill(text)
        page.get_by_label("Name *").fill(name)
        page.get_by_label("Email *").fill(f"{name.lower()}@example.org")
        page.get_by_role("button", name="Post Comment").click()

    def held(self, count: int) -> list[Card]:
        """The cards on the desk, once there are so many of them."""

        def cards() -> list[Card]:
            with self.database.read() as conn:
                site = sites.find(conn, address.SITE_KEY)
                assert site
                found = review.waiting(conn, [site.id])
            return found if len(found) == count else []

        return eventually(cards, within=30, what=f"a desk with {count} comments")

    def sign_in(self, page: Page, *, waiting: int | None = None) -> None:
        """Open the desk with the keyboard alone, when so many comments wait."""
        if waiting is not None:
            self.held(waiting)
        page.goto(f"{self.service.url}/review")
        expect(page.get_by_label("E-mail")).to_be_focused()
        page.keyboard.type(self.login.email)
        page.keyboard.press("Tab")
        page.keyboard.type(self.login.password)
        page.keyboard.press("Enter")
        # Shown by the script that listens to the keys.
        page.locator("[data-help]:not([hidden])").wait_for(state="attached")


@pytest.fixture
def store() -> str:
    """What a browser sees does not depend on the store."""
    return "sqlite"


@pytest.fixture
def news(live: Service, settings: Settings, database: Database) -> Iterator[News]:
    """The article without comments, and a moderator."""
    login = seed.prepare(database, settings, now=datetime.now(UTC))
    assert login
    with database.write() as conn:
        document = CAREFUL.model_dump(mode="json")
        conn.execute(update(schema.site).values(settings=document))
    demo = subprocess.Popen(
        [sys.executable, "-m", "moderation.demo"], env=live.environment()
    )
    paper = News(live, settings, database, login)
    try:
        eventually(lambda: _serves(paper.article), what="the article")
        yield paper
    finally:
        demo.terminate()
        assert demo.wait(10) == 0


@pytest.fixture
def context_of(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes visitors: each has a browser profile of their own."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(STEP_MILLISECONDS)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


def _serves(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False
