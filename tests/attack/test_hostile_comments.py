"""Hundreds of hostile comments through every door, in a real browser: they stay text."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import func, select, update

from moderation.demo import address, seed
from moderation.enums import Kind, Order, Role, Status
from moderation.notifications import messages, outbox
from moderation.notifications.messages import Links
from moderation.schema.clusters import cluster
from moderation.schema.comments import author, comment
from moderation.schema.sites import site
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.storage.database import connect
from tests.attack.crowd import THREADS_EVERY, Crowd
from tests.attack.families import all_of_them
from tests.attack.payloads import PAYLOADS
from tests.attack.watching import PRESS, Watched
from tests.conditions import eventually
from tests.conftest import SECRET_KEY
from tests.factories import CAREFUL, PASSWORD, a_moderator
from tests.servers import Valkey
from tests.service import free_address, running

PHONE = 360
# Pages of the desk that show what was done with comments.
PAGES = ("/review/decided", "/audit", "/audit/mine", "/review/search?q=status:held")
EVERYTHING = tuple(dict.fromkeys((*PAYLOADS, *all_of_them())))
MADE_BY_VISITORS = ".comment-text, .comment-text *, .author *, blockquote, blockquote *"
# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def crowd(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Crowd]:
    """The newspaper after all of them have written; what is shown is the same on
    either store."""
    folder = tmp_path_factory.mktemp("crowd")
    shutil.copyfile(sqlite_template, folder / "moderation.sqlite3")
    valkey = Valkey(folder)
    valkey.start()
    settings = Settings.model_validate(
        {
            "data_dir": folder,
            "redis_url": valkey.url,
            "bind": free_address(),
            "demo_bind": free_address(),
            "secret_key": SECRET_KEY,
            "rate_limit_address": "off",
            "rate_limit_site": "off",
            "rate_limit_login": "off",
            "rate_limit_account": "off",
            "form_min_seconds": 0.0,
            "sweep_seconds": 0.2,
            "smtp_url": "smtp://127.0.0.1:9",
        }
    )
    database = connect(settings.sqlalchemy_url)
    assert seed.prepare(database, settings, now=datetime.now(UTC))
    with database.write() as conn:
        document = CAREFUL.model_dump(mode="json")
        conn.execute(update(site).values(settings=document))
    with running(settings, workers=0) as service:
        demo = subprocess.Popen(
            [sys.executable, "-m", "moderation.demo"], env=service.environment()
        )
        article = address.thread_url(settings)
        eventually(lambda: _answers(article), what="the article")
        crowd = Crowd(service, settings, database, EVERYTHING)
        crowd.post()
        # Then, all of them in a few batches.
        service.start_worker()
        eventually(crowd.is_idle, within=120, what="the last verdict")
        yield crowd
        demo.terminate()
        demo.wait(10)
    database.close()
    valkey.kill()


@pytest.fixture
def watched(browser: Browser, crowd: Crowd) -> Iterator[Watched]:
    """A visitor's phone."""
    context = browser.new_context(viewport={"width": PHONE, "height": 800})
    context.set_default_timeout(20_000)
    hosts = {crowd.settings.bind, crowd.settings.demo_bind, ""}
    watched = Watched(context.new_page(), hosts)
    yield watched
    context.close()
    assert not watched.trouble, "\n".join(each[:400] for each in watched.trouble)


@pytest.fixture
def desk(watched: Watched, crowd: Crowd) -> Watched:
    """An owner's phone."""
    with crowd.database.write() as conn:
        who = a_moderator(conn, crowd.site, role=Role.OWNER)
    watched.page.goto(f"{crowd.service.url}/login")
    watched.page.get_by_label("E-mail").fill(who.email)
    watched.page.get_by_label("Password").fill(PASSWORD)
    watched.page.keyboard.press("Enter")
    watched.page.locator("[data-cards]").wait_for(state="attached")
    return watched


def test_there_are_enough_of_them(crowd: Crowd) -> None:
    assert len(set(EVERYTHING)) >= 500
    with crowd.database.read() as conn:
        held = select(func.count()).where(comment.c.status == Status.HELD)
        assert conn.execute(held).scalar_one() == len(EVERYTHING)


def test_every_card_on_the_desk_is_text(crowd: Crowd, desk: Watched) -> None:
    pages = list(crowd.lane_urls(Kind.HELD))
    # Nearly equal ones are stacked on one card, and their own pages show them all.
    assert len(pages) > 10
    for url in pages:
        desk.visit(url, "[data-card]", press=MADE_BY_VISITORS)
    with crowd.database.read() as conn:
        clusters = conn.execute(select(cluster.c.public_id)).scalars().all()
    for public_id in clusters:
        url = f"{crowd.service.url}/review/clusters/{public_id}"
        desk.visit(url, press=MADE_BY_VISITORS)


def test_the_pages_of_single_comments_and_authors_are_text(
    crowd: Crowd, desk: Watched
) -> None:
    with crowd.database.read() as conn:
        authors = conn.execute(select(author.c.public_id)).scalars().all()
    for public_id in crowd.ids[::19]:
        url = f"{crowd.service.url}/review/{public_id}"
        desk.visit(url, "[data-card]", press=MADE_BY_VISITORS)
    for author_id in authors[4::53]:
        desk.visit(f"{crowd.service.url}/authors/{author_id}", press=MADE_BY_VISITORS)


def test_what_is_searched_for_is_text(crowd: Crowd, desk: Watched) -> None:
    for payload in crowd.payloads[::23]:
        query = urllib.parse.urlencode({"q": payload[:500]})
        url = f"{crowd.service.url}/review/search?{query}"
        # Most of them are no searches, and are told so.
        desk.visit(url, statuses=(200, 400))


def test_reports_appeals_answers_and_what_was_decided_are_text(
    crowd: Crowd, desk: Watched
) -> None:
    reported, contested = crowd.ids[::16], crowd.ids[1::16]
    crowd.decide(Status.APPROVED, reported)
    crowd.complain(reported)
    crowd.decide(Status.REJECTED, contested)
    crowd.contest(contested)
    assert crowd.waiting(Kind.REPORTED) == len(reported)
    assert crowd.waiting(Kind.APPEALED) == len(contested)
    for kind in (Kind.REPORTED, Kind.APPEALED):
        for url in crowd.lane_urls(kind, Order.NEWEST):
            desk.visit(url, "[data-card]", press=MADE_BY_VISITORS)
    for number, public_id in enumerate(contested[::3]):
        crowd.decide(Status.REJECTED, [public_id], answer=crowd.payloads[number * 17])
        desk.visit(crowd.status_url(public_id), "blockquote")
    for public_id in reported[::3]:
        desk.visit(f"{crowd.service.url}/comments/{public_id}/report", "blockquote")
    for path in PAGES:
        desk.visit(crowd.service.url + path)


def test_the_status_pages_are_text(crowd: Crowd, watched: Watched) -> None:
    for public_id in crowd.ids[::13]:
        watched.visit(crowd.status_url(public_id), "blockquote", press="blockquote *")


def test_the_mails_are_text(crowd: Crowd, watched: Watched) -> None:
    """A mail program has no policy of ours: the HTML itself must be harmless."""
    now = datetime.now(UTC) + timedelta(minutes=1)
    with crowd.database.write() as conn:
        conn.execute(update(author).values(email_confirmed_at=now))
    crowd.decide_at_once(Status.APPROVED, crowd.ids[2::8])
    links = Links(crowd.settings.base_url, Keyring(SECRET_KEY))
    sent = 0
    with crowd.database.write() as conn:
        while letter := outbox.claim(conn, grace=timedelta(), now=now):
            mail = messages.compose(letter, links, sender="a@example.org", now=now)
            assert len(mail.as_bytes()) < 100_000
            part = mail.get_body(("html",))
            assert part
            watched.page.set_content(part.get_content())
            watched.page.evaluate("() => { window.caught ??= []; }")
            assert watched.page.locator("script, img, iframe, style").count() == 0
            watched.look(letter.text[:80])
            sent += 1
    assert sent >= len(crowd.ids) // 8


def test_the_thread_is_text_under_the_article(crowd: Crowd, watched: Watched) -> None:
    crowd.decide_at_once(Status.REJECTED, crowd.ids)
    here = [
        each for number, each in enumerate(crowd.ids) if number % THREADS_EVERY != 1
    ]
    # As many as the widget shows at once.
    for begin in range(0, len(here), 200):
        shown = here[begin : begin + 200]
        crowd.decide_at_once(Status.APPROVED, shown)
        watched.visit(address.thread_url(crowd.settings), "leave-a-reply")
        watched.page.locator("leave-a-reply").scroll_into_view_if_needed()
        watched.page.locator(".lar-list article").nth(len(shown) - 1).wait_for()
        watched.page.evaluate(PRESS, "leave-a-reply article *")
        watched.look("the article")
        crowd.decide_at_once(Status.REJECTED, shown)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_exported_is_data(crowd: Crowd, desk: Watched, form: str) -> None:
    answer = desk.page.request.get(f"{crowd.service.url}/audit/export.{form}")
    assert answer.status == 200
    text = answer.body().decode("utf-8-sig")
    if form == "jsonl":
        assert [json.loads(line) for line in text.split("\n") if line]
        return
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    assert [cell for row in rows for cell in row if cell.startswith(FORMULA)] == []


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False
