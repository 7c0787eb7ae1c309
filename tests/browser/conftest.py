"""The demo as `moderation up --demo` runs it: two origins, real processes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete, func, select, update

from moderation.demo import address, seed
from moderation.demo.seed import Login
from moderation.enums import Role, Status
from moderation.review import queue
from moderation.review.cards import Card
from moderation.review.lanes import Lane
from moderation.schema import comments
from moderation.schema import sites as sites_schema
from moderation.settings import Settings
from moderation.sites import site as sites
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
from tests.browsing import STEP_MILLISECONDS
from tests.conditions import eventually
from tests.factories import CAREFUL, PASSWORD, a_comment, a_moderator
from tests.servers import Valkey
from tests.service import Service, free_address, running

# What a test leaves for the next one.
KEPT = {"site", "moderator", "membership", "sign_in"}

expect.set_options(timeout=STEP_MILLISECONDS)


@dataclass(frozen=True)
class News:
    """The demo's newspaper with its desk."""

    service: Service
    settings: Settings
    database: Database
    login: Login
    # Of those who have signed in, to come back with: the form is one test's business.
    cookies: dict[Login, list[Any]] = field(default_factory=dict)

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

    @property
    def site(self) -> Site:
        """The newspaper's site."""
        with self.database.read() as conn:
            site = sites.find(conn, address.SITE_KEY)
        assert site
        return site

    def post(self, text: str = "", **wanted: object) -> str:
        """A comment that came by another way than the form; its id."""
        with self.database.write() as conn:
            return a_comment(conn, self.site, text, **wanted).public_id

    def colleague(self, role: Role = Role.MODERATOR) -> Login:
        """Somebody else who works at the desk."""
        with self.database.write() as conn:
            added = a_moderator(conn, self.site, role=role)
        return Login(added.email, PASSWORD)

    def held(self, count: int) -> list[Card]:
        """The cards on the desk, once there are so many of them."""

        def cards() -> list[Card]:
            with self.database.read() as conn:
                found = queue.waiting(conn, Lane([self.site.id]), limit=100)
            return found if len(found) == count else []

        return eventually(cards, within=30, what=f"a desk with {count} comments")

    def sign_in(
        self,
        page: Page,
        *,
        waiting: int | None = None,
        who: Login | None = None,
        at: str = "/review",
    ) -> None:
        """Open the desk with the keyboard alone, when so many comments wait."""
        login = who or self.login
        if waiting is not None:
            self.held(waiting)
        page.context.add_cookies(self.cookies.get(login, []))
        page.goto(f"{self.service.url}{at}")
        if login not in self.cookies:
            expect(page.get_by_label("E-mail")).to_be_focused()
            page.keyboard.type(login.email)
            page.keyboard.press("Tab")
            page.keyboard.type(login.password)
            page.keyboard.press("Enter")
        # Shown by the script that listens to the keys.
        page.locator("[data-help]:not([hidden])").wait_for(state="attached")
        if login not in self.cookies:
            self.cookies[login] = list(page.context.cookies())


@pytest.fixture(scope="package")
def paper(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[News]:
    """The service and the newspaper, started once; ask for ``news`` instead.

    What a browser sees does not depend on the store: SQLite will do.
    """
    folder = tmp_path_factory.mktemp("paper")
    shutil.copyfile(sqlite_template, folder / "moderation.sqlite3")
    valkey = Valkey(folder)
    valkey.start()
    settings = Settings.model_validate(
        {
            "data_dir": folder,
            "redis_url": valkey.url,
            "bind": free_address(),
            "demo_bind": free_address(),
            "secret_key": "a secret key that only tests know",
            "rate_limit_address": "off",
            "rate_limit_site": "off",
            "rate_limit_login": "off",
            "form_min_seconds": 0.0,
            "sweep_seconds": 0.2,
            # Notices are offered; no delivery job is there to send any.
            "smtp_url": "smtp://127.0.0.1:9",
        }
    )
    database = connect(settings.sqlalchemy_url)
    login = seed.prepare(database, settings, now=datetime.now(UTC))
    assert login
    with database.write() as conn:
        document = CAREFUL.model_dump(mode="json")
        conn.execute(update(sites_schema.site).values(settings=document))
    with running(settings) as service, _demo(service, settings):
        yield News(service, settings, database, login)
    database.close()
    valkey.kill()


@pytest.fixture
def news(paper: News) -> News:
    """The article without comments, and a moderator."""
    empty(paper)
    return paper


def empty(paper: News) -> None:
    """Remove what a test has left, once nobody works on it any more."""
    eventually(lambda: not _count(paper, Status.PENDING), what="an idle worker")
    with paper.database.write() as conn:
        for table in reversed(comments.metadata.sorted_tables):
            if table.name not in KEPT:
                conn.execute(delete(table))
        # What a search looks into is no table of the schema, and names rows by key.
        conn.exec_driver_sql("DELETE FROM comment_words")


@pytest.fixture
def desk(news: News, page: Page) -> Page:
    """A desk with three cards: Anna's, Berta's and Cleo's."""
    for name in ("Anna", "Berta", "Cleo"):
        news.post(f"{name} was here.", name=name)
    news.sign_in(page, waiting=3)
    return page


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


@contextmanager
def _demo(service: Service, settings: Settings) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "moderation.demo"], env=service.environment()
    )
    try:
        article = address.thread_url(settings)
        eventually(lambda: _serves(article), what="the article")
        yield
    finally:
        process.terminate()
        assert process.wait(10) == 0


def _count(paper: News, status: Status) -> int:
    with paper.database.read() as conn:
        mine = comments.comment.c.status == status.value
        return conn.execute(select(func.count()).where(mine)).scalar_one()


def _serves(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False
