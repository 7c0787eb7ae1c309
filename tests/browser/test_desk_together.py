"""Several people at one desk: who looks at what, what came and went, who was faster."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from moderation.demo.seed import Login
from moderation.enums import Role
from moderation.schema.comments import comment, revision
from moderation.schema.review import reviewable
from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]
LIVE_SECONDS = 2.0


@pytest.fixture
def ben(news: News) -> Login:
    """A colleague."""
    return news.colleague()


def test_two_moderators_get_different_cards(
    news: News, desk: Page, context_of: Visitor, ben: Login
) -> None:
    other = context_of().new_page()
    news.sign_in(other, who=ben)

    expect(other.locator("[data-card]")).to_have_count(2)
    expect(other.get_by_role("article", name="Anna")).to_have_count(0)
    expect(other.locator("[data-present]")).to_have_text("Also at work: Demo moderator")
    # Berta is the colleague's now, so what follows Anna here is Cleo.
    held = desk.get_by_role("article", name="Berta").locator("[data-holder]")
    expect(held).to_have_text(re.compile("Moderator .* looks at this"))
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    expect(desk.get_by_role("article", name="Cleo")).to_be_focused()


def test_whoever_leaves_lets_go(
    news: News, desk: Page, context_of: Visitor, ben: Login
) -> None:
    other = context_of().new_page()
    news.sign_in(other, who=ben)
    expect(other.locator("[data-card]")).to_have_count(2)

    desk.get_by_role("link", name="Decided").click()

    other.goto(f"{news.service.url}/review?lane=reported")
    other.goto(f"{news.service.url}/review")
    expect(other.locator("[data-card]")).to_have_count(3)


def test_a_decision_of_a_colleague_leaves_the_card_in_its_place(
    news: News, desk: Page, context_of: Visitor, ben: Login
) -> None:
    desk.keyboard.press("j")
    place = desk.get_by_role("article", name="Cleo").bounding_box()
    other = context_of().new_page()
    news.sign_in(other, who=ben)
    other.keyboard.press("j")
    other.keyboard.press("s")
    expect(other.locator("[data-done]")).to_contain_text("Spam")

    gone = desk.get_by_role("article", name="Berta")
    expect(gone).to_contain_text(
        re.compile(r"No longer waiting: rejected: Spam .* ago by Moderator")
    )
    expect(desk.locator("[data-count=held]")).to_have_text("2")
    assert desk.get_by_role("article", name="Cleo").bounding_box() == place
    # The keys pass it over.
    desk.keyboard.press("j")
    expect(desk.get_by_role("article", name="Cleo")).to_be_focused()


def test_what_arrives_is_there_within_two_seconds(news: News, desk: Page) -> None:
    desk.keyboard.press("j")
    place = desk.get_by_role("article", name="Anna").bounding_box()
    news.post("Dora was here.", name="Dora")
    news.held(4)
    since = time.monotonic()
    desk.get_by_role("article", name="Dora").wait_for(state="attached")

    assert time.monotonic() - since < LIVE_SECONDS
    expect(desk.locator("[data-count=held]")).to_have_text("4")
    assert desk.get_by_role("article", name="Anna").bounding_box() == place
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.get_by_role("article", name="Dora")).to_be_focused()


def test_in_other_orders_what_is_new_waits_for_a_click(news: News, desk: Page) -> None:
    desk.get_by_role("link", name="Newest first").click()
    expect(desk.locator("[data-card]").first).to_contain_text("Cleo")
    news.post("Dora was here.", name="Dora")
    news.held(4)

    fresh = desk.get_by_role("link", name="1 new comment")
    expect(fresh).to_be_visible()
    expect(desk.locator("[data-card]")).to_have_count(3)
    fresh.click()
    expect(desk.locator("[data-card]").first).to_contain_text("Dora")


def test_the_first_comment_of_an_empty_lane_comes_by_itself(
    news: News, page: Page
) -> None:
    news.sign_in(page)
    expect(page.get_by_text("Nothing is waiting. Well done.")).to_be_visible()

    news.post("Dora was here.", name="Dora")

    expect(page.get_by_role("article", name="Dora")).to_be_visible()
    expect(page.get_by_text("Nothing is waiting")).to_be_hidden()
    page.keyboard.press("a")
    expect(page.locator("[data-done]")).to_contain_text("Approved")
    expect(page.get_by_text("You decided 1 comment today.")).to_have_count(0)
    expect(page.locator("[data-count=decided]")).to_have_text("1")


def test_an_empty_lane_says_that_what_is_left_is_for_others(
    news: News, page: Page, context_of: Visitor, ben: Login
) -> None:
    news.post("Dora was here.", name="Dora")
    news.sign_in(page, waiting=1)
    other = context_of().new_page()
    news.sign_in(other, who=ben)

    expect(other.locator("[data-count=held]")).to_have_text("1")
    expect(other.get_by_text("What is left here is for others")).to_be_visible()
    expect(other.get_by_text("Nothing is waiting")).to_be_hidden()
    page.keyboard.press("a")
    expect(other.get_by_text("Nothing is waiting. Well done.")).to_be_visible()
    expect(other.get_by_text("What is left here is for others")).to_be_hidden()


def test_what_the_author_changed_meanwhile_is_shown_word_by_word(
    news: News, desk: Page
) -> None:
    with news.database.write() as conn:
        anna = conn.execute(
            comment.select()
            .join(revision, revision.c.comment_id == comment.c.id)
            .where(revision.c.name == "Anna")
        ).one()
        row = conn.execute(
            revision.select().where(revision.c.comment_id == anna.id)
        ).one()
        edited = {**row._mapping, "number": 2, "text": "Anna was never here."}
        conn.execute(revision.insert(), edited)
        conn.execute(update(comment).where(comment.c.id == anna.id).values(revision=2))

    desk.keyboard.press("j")
    desk.keyboard.press("a")

    card = desk.get_by_role("article", name="Anna")
    expect(card.get_by_role("alert")).to_contain_text("the author has edited")
    expect(card.locator("ins")).to_have_text("never ")
    expect(card).to_be_focused()
    # What is on the card now may be decided.
    desk.keyboard.press("a")
    expect(desk.locator("[data-done]")).to_contain_text("Approved")


def test_a_claim_that_nobody_renews_is_gone(
    news: News, desk: Page, context_of: Visitor, ben: Login
) -> None:
    other = context_of().new_page()
    news.sign_in(other, who=ben)
    desk.keyboard.press("j")
    held = desk.get_by_role("article", name="Berta").locator("[data-holder]")
    expect(held).to_be_visible()
    other.context.set_offline(True)
    with news.database.write() as conn:
        past = reviewable.c.opened_at
        conn.execute(update(reviewable).values(claimed_until=past))

    expect(held).to_be_hidden()


def test_a_viewer_holds_nothing_and_still_sees_what_comes(
    news: News, desk: Page, context_of: Visitor
) -> None:
    viewer = context_of().new_page()
    news.sign_in(viewer, who=news.colleague(Role.VIEWER))
    viewer.keyboard.press("j")

    desk.reload()
    expect(desk.locator("[data-card]")).to_have_count(3)
    expect(viewer.get_by_role("article", name="Berta")).to_be_focused()
    expect(viewer.locator("[data-decide]")).to_have_count(0)
    desk.keyboard.press("a")
    expect(viewer.locator("[data-count=held]")).to_have_text("2")
