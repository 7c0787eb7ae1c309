"""Search, authors and clusters in a real browser: by keyboard, small, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from moderation.schema.clusters import cluster
from moderation.schema.search import index_queue
from tests.axe import check
from tests.browser.conftest import News
from tests.conditions import eventually

WATCHES = "The finest watches of all are sold at {} today, so come and have a look."


@pytest.fixture
def full(news: News) -> News:
    """Three comments that say the same and one that does not, described."""
    for number in range(3):
        news.post(WATCHES.format(f"shop {number}"), name=f"Seller {number}")
    news.post("The ferries leave from another pier.", name="Anna")
    # One card stands for the three.
    eventually(lambda: _described(news, 1), within=30, what="a cluster of three")
    return news


def _described(news: News, clusters: int) -> bool:
    with news.database.read() as conn:
        waiting = conn.execute(select(func.count()).select_from(index_queue))
        found = conn.execute(select(func.count()).select_from(cluster))
        return (waiting.scalar_one(), found.scalar_one()) == (0, clusters)


def paths(news: News) -> dict[str, str]:
    """The pages of this test by their names."""
    with news.database.read() as conn:
        group = conn.execute(select(cluster.c.public_id)).scalar_one()
    author = news.held(2)[0].author_id
    return {
        "search": "/review/search?q=watches",
        "count": "/review/search?q=watches&count=yes",
        "mistake": "/review/search?q=statsu:held",
        "cluster": f"/review/clusters/{group}",
        "author": f"/authors/{author}",
    }


def test_no_page_has_a_violation_or_is_cut_off_on_a_phone(
    full: News, page: Page
) -> None:
    full.sign_in(page)
    for name, path in paths(full).items():
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{full.service.url}{path}")
        check(page)
        for direction in ("ltr", "rtl"):
            page.set_viewport_size({"width": 360, "height": 740})
            page.evaluate("it => { document.documentElement.dir = it }", direction)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, (name, direction, wide)


def test_a_mistake_in_the_box_is_explained_where_it_was_made(
    full: News, page: Page
) -> None:
    full.sign_in(page)
    page.goto(f"{full.service.url}/review/search?q=statsu:held")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean status:?")
    box = page.get_by_label("Find comments")
    expect(box).to_have_attribute("aria-invalid", "true")

    box.fill("status:held ferries")
    box.press("Enter")

    expect(page.locator("[data-card]")).to_have_count(1)
    expect(page.locator("[data-card]")).to_contain_text("another pier")


def test_a_cluster_is_decided_for_the_next_hour_too(full: News, page: Page) -> None:
    full.sign_in(page, at=paths(full)["cluster"])
    expect(page.locator("[data-card]")).to_have_count(3)

    page.get_by_label("The same for those that arrive").check()
    form = page.locator("form.whole")
    form.get_by_role("button", name=re.compile("Spam")).last.click()

    expect(page.get_by_role("status").first).to_contain_text("3 comments rejected")
    late = full.post(WATCHES.format("a late shop"), name="Late")
    page.goto(f"{full.service.url}/review/{late}")
    verdict = page.locator(".why-here")

    def decided() -> bool:
        page.reload()
        return "rejected" in verdict.inner_text()

    eventually(decided, within=20, what="the choice to spread")


def test_all_that_a_search_finds_is_decided_without_scripts(
    full: News, context_of: Callable[..., BrowserContext]
) -> None:
    page = context_of(java_script_enabled=False).new_page()
    page.goto(f"{full.service.url}/review/search?q=watches")
    page.get_by_label("E-mail").fill(full.login.email)
    page.get_by_label("Password").fill(full.login.password)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{full.service.url}/review/search?q=watches")
    page.get_by_role("link", name=re.compile("Count all")).click()
    form = page.locator("form.whole")
    expect(form).to_contain_text("3 comments found")

    form.get_by_role("button", name=re.compile("Spam")).last.click()

    expect(page.get_by_role("status").first).to_contain_text("3 comments rejected")
    page.get_by_role("button", name=re.compile("Undo")).click()
    full.held(2)


def test_an_author_is_banned_and_swept_and_all_of_it_taken_back(
    full: News, page: Page
) -> None:
    full.sign_in(page, at=paths(full)["author"])
    page.get_by_label("Reject what they wrote").fill("24")

    page.locator(".marks").get_by_role("button", name="Ban", exact=True).click()

    done = page.locator(".notice-done")
    expect(done).to_contain_text("The author is banned. 1 comment rejected.")
    expect(page.locator(".lane-head")).to_contain_text("banned")
    done.get_by_role("button", name=re.compile("Undo")).click()
    full.held(2)
