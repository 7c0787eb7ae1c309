"""The life of a comment, in a real browser, over two origins."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]

WAITING = "Waiting for review. Only you can see this."


def test_a_reply_is_held_approved_by_keyboard_and_read_by_the_next_visitor(
    news: News, page: Page, context_of: Visitor
) -> None:
    # A visitor writes under the article of the publisher.
    news.read(page)
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    news.write(page, "The larch deck sounds *lovely* in the rain.")

    # It stands in its place, and only for its author.
    own = page.get_by_role("article", name="Robin")
    expect(own).to_contain_text(WAITING)
    expect(own).to_be_focused()
    expect(page.get_by_label("Comment", exact=False).first).to_have_value("")
    stranger = context_of().new_page()
    news.read(stranger)
    expect(stranger.get_by_role("article", name="Robin")).to_have_count(0)

    # The link tells where it stands.
    own.get_by_role("link", name="See where it stands").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your comment is waiting for review."
    )

    # A moderator signs in and approves, without touching a mouse.
    desk = context_of().new_page()
    news.sign_in(desk, waiting=1)
    expect(desk.get_by_role("article", name="Robin")).to_contain_text(
        "first comment here"
    )
    desk.keyboard.press("j")
    expect(desk.get_by_role("article", name="Robin")).to_be_focused()
    desk.keyboard.press("a")
    expect(desk.get_by_text("Nothing is waiting.")).to_be_visible()

    # Everybody reads it now, its author is told.
    stranger.reload()
    stranger.locator("leave-a-reply").scroll_into_view_if_needed()
    published = stranger.get_by_role("article", name="Robin")
    expect(published.locator("em")).to_have_text("lovely")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your comment is published."
    )
    page.get_by_role("link", name="Read it in its place").click()
    expect(page.get_by_role("article", name="Robin")).to_be_visible()
    expect(page.get_by_text(WAITING)).to_have_count(0)


def test_an_open_page_learns_that_its_comment_was_published(
    news: News, page: Page, context_of: Visitor
) -> None:
    news.read(page)
    news.write(page, "I shall wait here until somebody reads this.")
    expect(page.get_by_role("article", name="Robin")).to_contain_text(WAITING)

    desk = context_of().new_page()
    news.sign_in(desk, waiting=1)
    desk.keyboard.press("a")
    expect(desk.get_by_text("Nothing is waiting.")).to_be_visible()

    expect(page.get_by_role("heading", name="One comment")).to_be_visible()
    expect(page.get_by_role("article", name="Robin")).not_to_contain_text(WAITING)
    expect(page.get_by_role("status")).to_have_text("Your comment is published.")


def test_a_rejection_is_told_with_its_reason(
    news: News, page: Page, context_of: Visitor
) -> None:
    news.read(page)
    news.write(page, "This is about something else entirely.")
    page.get_by_role("link", name="See where it stands").click()
    desk = context_of().new_page()
    news.sign_in(desk, waiting=1)
    desk.keyboard.press("r")
    # The card leaves at once; the server's answer says that it is so.
    with desk.expect_response(lambda answer: answer.request.method == "POST"):
        desk.keyboard.press("o")
    expect(desk.locator("[data-done]")).to_be_visible()

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your comment was not published."
    )
    expect(page.get_by_text("The reason given: not about the article.")).to_be_visible()
