"""Hostile comments through every door, in a real browser: they stay text."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from moderation import acts, review, sites
from moderation.acts import Ruling
from moderation.db import Database
from moderation.demo import address, seed
from moderation.identity import Keyring
from moderation.lanes import Lane
from moderation.schema import comment
from moderation.settings import Settings
from moderation.sites import Site
from moderation.vocabulary import Status
from tests.attack.payloads import PAYLOADS, SHAPES
from tests.conditions import eventually
from tests.conftest import SECRET_KEY
from tests.factories import PASSWORD, a_moderator
from tests.faults.scene import pending
from tests.service import Service, running

PHONE = 360
# In front of every page: what a payload would call, and what the policy complains of.
WATCH = """
window.caught = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = () => caught.push(name);
addEventListener("securitypolicyviolation",
  (event) => caught.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""
# What makes the page wider than the phone: the innermost elements that hang over.
OVERFLOW = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const over = (each) => each.getBoundingClientRect().right > innerWidth + 1
    || each.scrollWidth > innerWidth;
  return [...document.querySelectorAll("body *")]
    .filter((each) => over(each) && ![...each.children].some(over))
    .slice(0, 3).map((each) => each.outerHTML.slice(0, 300));
}"""


@pytest.fixture
def store() -> str:
    """What a browser sees does not depend on the store."""
    return "sqlite"


@dataclass
class Watched:
    """A page on a phone that notes everything that should not happen."""

    page: Page
    allowed: set[str]
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(WATCH)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", lambda dialog: self.trouble.append(dialog.message))
        self.page.on("request", lambda request: self._check(request.url))

    def visit(self, url: str, wait_for: str = "main") -> None:
        """Open a page: nothing ran, nothing was asked for, nothing hangs over."""
        self.page.goto(url)
        self.page.locator(wait_for).first.wait_for(state="attached")
        caught = self.page.evaluate("caught")
        assert (url, caught, self.trouble) == (url, [], [])
        assert (url, self.page.evaluate(OVERFLOW)) == (url, [])

    def press_everything(self, selector: str) -> None:
        """Move over and press what a visitor made, without leaving the page."""
        self.page.evaluate(
            """(selector) => {
              addEventListener("click", (event) => event.preventDefault());
              for (const each of document.querySelectorAll(selector)) {
                for (const type of ["mouseover", "focus", "click"])
                  each.dispatchEvent(new MouseEvent(type, {bubbles: true, cancelable: true}));
                if (each.href && !/^(https?|mailto):/.test(each.href))
                  caught.push(each.href);
              }
            }""",
            selector,
        )
        assert self.page.evaluate("caught") == []

    def _check(self, url: str) -> None:
        if urlsplit(url).netloc not in self.allowed:
            self.trouble.append(url)


@pytest.fixture
def service(settings: Settings, database: Database) -> Iterator[Service]:
    """The service and the publisher's page."""
    login = seed.prepare(database, settings, now=datetime.now(UTC))
    assert login
    with running(settings) as service:
        demo = subprocess.Popen(
            [sys.executable, "-m", "moderation.demo"], env=service.environment()
        )
        try:
            eventually(
                lambda: _answers(address.thread_url(settings)), what="the article"
            )
            yield service
        finally:
            demo.terminate()
            demo.wait(10)


@pytest.fixture
def watched(browser: Browser, settings: Settings) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": PHONE, "height": 800})
    context.set_default_timeout(20_000)
    yield Watched(context.new_page(), {settings.bind, settings.demo_bind, ""})
    context.close()


def test_hostile_comments_stay_text_wherever_they_are_shown(
    service: Service, settings: Settings, database: Database, watched: Watched
) -> None:
    assert len(set(PAYLOADS)) >= 150
    for number, payload in enumerate(PAYLOADS):
        assert _post(service, number, payload) in (202, 303), payload[:80]
    eventually(lambda: not pending(database), within=60, what="the last verdict")
    with database.read() as conn:
        site = sites.find(conn, address.SITE_KEY)
        assert site
        tokens = [
            Keyring(SECRET_KEY).sign("status", public_id)
            for public_id in conn.execute(select(comment.c.public_id)).scalars()
        ]
        cards = review.waiting(conn, Lane([site.id]), limit=1000)
    assert len(tokens) == len(PAYLOADS)

    _sign_in(service, database, site, watched)
    after = ""
    for place in range(0, len(cards), review.PAGE):
        watched.visit(f"{service.url}/review{after}", "[data-cards]")
        assert watched.page.locator("[data-card]").count() == len(
            cards[place : place + review.PAGE]
        )
        watched.press_everything(".comment-text, .comment-text *, .author *")
        after = f"?after={cards[min(place + review.PAGE, len(cards)) - 1].id}"
    _approve_all(database, site)
    watched.visit(f"{service.url}/review/decided", ".journal")
    for token in (*tokens[: -len(SHAPES) : 6], *tokens[-len(SHAPES) :: 2]):
        watched.visit(f"{service.url}/comments/{token}", "blockquote")
        watched.press_everything("blockquote *")

    watched.visit(address.thread_url(settings), "leave-a-reply")
    watched.page.locator("leave-a-reply").scroll_into_view_if_needed()
    under_the_article = len(PAYLOADS) - len(range(1, len(PAYLOADS), 3))
    articles = watched.page.locator(".lar-list article")
    articles.nth(under_the_article - 1).wait_for()
    watched.press_everything("leave-a-reply article *")
    assert watched.trouble == []
    assert watched.page.evaluate(OVERFLOW) == []


def _post(service: Service, number: int, payload: str) -> int:
    """By turns as JSON and as a form; the payload is also the name and the title.

    Every third opens a thread: the first one who comments on a page gives the title.
    """
    settings = service.settings
    name = (payload.strip()[:90] or "x") + f" {number}"
    values = {"text": payload, "name": name, "email": f"reader-{number}@example.org"}
    page = f"?p={number}" if number % 3 == 1 else ""
    thread = {"url": address.thread_url(settings) + page, "title": payload[:480]}
    headers = {"Origin": address.origin(settings)}
    if number % 2:
        url = f"{service.url}/sites/{address.SITE_KEY}/reply"
        form = values | {f"thread_{key}": value for key, value in thread.items()}
        body = urllib.parse.urlencode(form).encode()
    else:
        url = f"{service.url}/api/v1/sites/{address.SITE_KEY}/comments"
        author = {key: values[key] for key in ("name", "email")}
        body = json.dumps(
            {"thread": thread, "author": author, "text": payload}
        ).encode()
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _sign_in(
    service: Service, database: Database, site: Site, watched: Watched
) -> None:
    """As a moderator of the demo, through the form."""
    with database.write() as conn:
        who = a_moderator(conn, site)
    watched.page.goto(f"{service.url}/login")
    watched.page.get_by_label("E-mail").fill(who.email)
    watched.page.get_by_label("Password").fill(PASSWORD)
    watched.page.keyboard.press("Enter")
    watched.page.locator("[data-cards]").wait_for(state="attached")


def _approve_all(database: Database, site: Site) -> None:
    who = acts.Moderator("someone", [site.id])
    while True:
        with database.read() as conn:
            cards = review.waiting(conn, Lane([site.id]))
        if not cards:
            return
        for card in cards:
            ruling = Ruling(card.id, card.revision, Status.HELD, Status.APPROVED)
            acts.decide(database, who, ruling, datetime.now(UTC))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False
