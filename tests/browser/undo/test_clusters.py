"""A cluster that was decided for the next hour too, taken back as a whole."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from moderation.enums import Status
from moderation.review.cards import Card
from moderation.schema.clusters import cluster
from moderation.schema.comments import comment
from tests.browser.conftest import News
from tests.browser.undo.state import is_idle, state_of
from tests.conditions import eventually

WATCHES = "The finest watches of all are sold at {} today, so come and have a look."


def statuses(news: News) -> list[str]:
    """Where each comment stands, in the order in which they came."""
    with news.database.read() as conn:
        found = select(comment.c.status).order_by(comment.c.id)
        return list(conn.execute(found).scalars())


def test_its_comments_wait_again_and_later_ones_are_not_decided_any_more(
    news: News, page: Page
) -> None:
    for number in range(3):
        news.post(WATCHES.format(f"shop {number}"), name=f"Seller {number}")
    eventually(lambda: is_idle(news), within=30, what="described comments")
    cards: list[Card] = news.held(1)
    before = state_of(news)
    with news.database.read() as conn:
        group = conn.execute(select(cluster.c.public_id)).scalar_one()
    news.sign_in(page, at=f"/review/clusters/{group}")
    page.get_by_label("The same for those that arrive").check()
    whole = page.locator("form.whole")
    whole.get_by_role("button", name=re.compile("Spam")).last.click()
    expect(page.get_by_role("status").first).to_contain_text("3 comments rejected")

    page.goto(f"{news.service.url}/review/decided")
    page.locator("[data-help]:not([hidden])").wait_for(state="attached")
    page.keyboard.press("u")

    expect(page.locator(".entry-what").first).to_contain_text("took a decision back")
    assert state_of(news) == before
    assert [each.id for each in news.held(1)] == [each.id for each in cards]
    news.post(WATCHES.format("a late shop"), name="Late")
    eventually(lambda: is_idle(news), within=30, what="a comment decided and described")
    assert statuses(news) == [Status.HELD] * 4
