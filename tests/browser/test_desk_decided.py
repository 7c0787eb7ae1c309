"""The Decided lane: everything that was done can be taken back from there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from moderation.review import queue
from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]


def undo_latest(desk: Page, news: News) -> None:
    desk.goto(f"{news.service.url}/review/decided")
    desk.locator("main").get_by_role("button", name="Undo").first.click()
    expect(desk.locator(".entry-what").first).to_contain_text("took a decision back")


def test_every_kind_of_act_can_be_taken_back_from_there(news: News, desk: Page) -> None:
    acts = (
        ("a", "Approved: the comment by Anna"),
        ("s", "Rejected as Spam"),
        ("t", "trusted"),
        ("b", "banned"),
    )
    for key, said in acts:
        desk.goto(f"{news.service.url}/review")
        desk.keyboard.press("j")
        desk.keyboard.press(key)
        expect(desk.locator("[data-done]")).to_contain_text(said, ignore_case=True)
        undo_latest(desk, news)
        desk.goto(f"{news.service.url}/review")
        expect(desk.locator("[data-card]")).to_have_count(3)
        expect(desk.locator(".good, .bad")).to_have_count(0)


def test_many_at_once_are_one_line_and_one_undo(news: News, desk: Page) -> None:
    for key in "jxjxjx":
        desk.keyboard.press(key)
    desk.keyboard.press("a")
    expect(desk.locator("[data-card]")).to_have_count(0)
    desk.goto(f"{news.service.url}/review/decided")
    expect(desk.locator(".entry-what")).to_have_count(1)
    expect(desk.locator(".entry-what")).to_contain_text("3 comments")

    undo_latest(desk, news)

    desk.goto(f"{news.service.url}/review")
    expect(desk.locator("[data-card]")).to_have_count(3)


def test_owners_take_back_what_others_did_and_moderators_do_not(
    news: News, desk: Page, context_of: Visitor
) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("s")
    expect(desk.locator("[data-done]")).to_contain_text("Spam")
    other = context_of().new_page()
    news.sign_in(other, who=news.colleague())
    other.goto(f"{news.service.url}/review/decided")
    expect(other.locator(".entry-what")).to_contain_text("Anna")
    expect(other.get_by_role("button", name="Undo")).to_have_count(0)

    other.goto(f"{news.service.url}/review")
    other.keyboard.press("j")
    other.keyboard.press("a")
    expect(other.locator("[data-done]")).to_contain_text("Approved")
    # The demo's moderator owns the site.
    undo_latest(desk, news)
    expect(desk.locator("[data-count=held]")).to_have_text("2")


def test_it_says_why_something_cannot_be_taken_back(
    news: News, desk: Page, context_of: Visitor
) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("s")
    expect(desk.locator("[data-done]")).to_contain_text("Spam")
    other = context_of().new_page()
    news.sign_in(other, who=news.colleague())
    other.goto(f"{news.service.url}/review/decided")
    other.get_by_role("link", name="Anna").click()
    other.get_by_role("heading", name="A comment by Anna").wait_for()
    other.locator("[data-scripted]").wait_for()
    other.keyboard.press("a")
    expect(other.locator("[data-done]")).to_contain_text("Approved")

    desk.keyboard.press("u")

    expect(desk.locator("[data-done]")).to_contain_text("cannot be taken back")
    desk.goto(f"{news.service.url}/review/decided")
    desk.get_by_role("button", name="Undo").last.click()
    expect(desk.get_by_role("alert")).to_contain_text("cannot be taken back")


def test_it_goes_on_page_by_page(news: News, page: Page) -> None:
    many = queue.PAGE + 3
    for number in range(many):
        news.post(f"Number {number} was here.", name=f"Visitor {number}")
    news.sign_in(page, waiting=many)
    for number in range(many):
        page.keyboard.press("a")
        expect(page.locator("[data-done]")).to_contain_text(f"by Visitor {number}")
    expect(page.locator("[data-count=decided]")).to_have_text(str(many))
    page.goto(f"{news.service.url}/review/decided")
    expect(page.locator(".entry-what")).to_have_count(queue.PAGE)

    page.get_by_role("link", name="Older").click()

    expect(page.locator(".entry-what")).to_have_count(3)
    expect(page.locator(".entry-what").last).to_contain_text("Visitor 0")
    page.get_by_role("link", name="Back to the latest").click()
    expect(page.locator(".entry-what").first).to_contain_text(f"Visitor {many - 1}")
