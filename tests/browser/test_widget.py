"""The form under the article: errors, drafts, replies, and what it must not do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from moderation.accounts import moderators
from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest, decide
from moderation.enums import Status
from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]


def approve(news: News, count: int) -> None:
    """Approve the comments on the desk, so many of them, as the demo's moderator."""
    cards = news.held(count)
    with news.database.read() as conn:
        moderator = moderators.find(conn, news.login.email)
    assert moderator
    who = Actor(moderator.public_id, [cards[0].site_id])
    for card in cards:
        ruling = DecisionRequest(card.id, card.revision, Status.HELD, Status.APPROVED)
        decide(news.database, who, ruling, datetime.now(UTC))


def test_what_is_missing_is_said_under_its_field(news: News, page: Page) -> None:
    news.read(page)

    page.get_by_label("Email *").fill("robin(at)example")
    page.get_by_role("button", name="Post Comment").click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Some things need another look:")
    expect(summary.get_by_role("link")).to_have_count(3)
    comment = page.locator("#text")
    expect(comment).to_be_focused()
    expect(comment).to_have_attribute("aria-invalid", "true")
    expect(comment).to_have_accessible_description("Please write a comment.")
    summary.get_by_role("link", name="does not look like an e-mail").click()
    expect(page.get_by_label("Email *")).to_be_focused()
    expect(page.get_by_label("Email *")).to_have_value("robin(at)example")


def test_a_refusal_of_the_service_is_said_under_its_field(
    news: News, page: Page
) -> None:
    news.read(page)
    page.locator("[name=url]").fill("https://robin@example.org")
    news.write(page, "I say who I am.")

    expect(page.locator("#lar-problem-url")).to_contain_text("A website starts with")
    expect(page.locator("#text")).to_have_value("I say who I am.")


def test_the_button_pressed_again_after_a_lost_answer_shows_the_comment(
    news: News, page: Page
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    news.read(page)
    page.route("**/sites/*/comments", lose, times=1)
    news.write(page, "I press this twice.")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#text")).to_have_value("I press this twice.")
    page.get_by_role("button", name="Post Comment").click()

    expect(page.get_by_role("article", name="Robin")).to_have_count(1)
    expect(page.locator("#text")).to_have_value("")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_draft_survives_a_reload_and_ends_with_the_post(
    news: News, page: Page
) -> None:
    news.read(page)
    page.locator("#text").press_sequentially("Half a thought")
    page.reload()
    page.locator("leave-a-reply").scroll_into_view_if_needed()
    expect(page.locator("#text")).to_have_value("Half a thought")

    news.write(page, "A whole thought.")
    expect(page.get_by_role("article", name="Robin")).to_be_visible()
    page.reload()
    page.locator("leave-a-reply").scroll_into_view_if_needed()

    expect(page.get_by_role("article", name="Robin")).to_contain_text(
        "Waiting for review"
    )
    expect(page.locator("#text")).to_have_value("")
    expect(page.get_by_label("Name *")).to_have_value("")


def test_name_and_email_are_remembered_if_the_visitor_wants_it(
    news: News, page: Page
) -> None:
    news.read(page)
    page.get_by_label("Save my name, email, and website").check()
    page.get_by_role("textbox", name="Website").fill("robin.example")
    news.write(page, "Remember me.")
    expect(page.get_by_role("article", name="Robin")).to_be_visible()

    page.reload()

    expect(page.get_by_label("Name *")).to_have_value("Robin")
    expect(page.get_by_label("Email *")).to_have_value("robin@example.org")
    expect(page.get_by_role("textbox", name="Website")).to_have_value(
        "https://robin.example"
    )
    expect(page.get_by_label("Save my name, email, and website")).to_be_checked()


def test_a_reply_stands_under_what_it_answers(
    news: News, page: Page, context_of: Visitor
) -> None:
    news.read(page)
    news.write(page, "A question for everybody.", name="Asker")
    approve(news, 1)
    other = context_of().new_page()
    news.read(other)

    other.get_by_role("button", name="Reply to Asker").click()
    expect(other.get_by_text("Replying to Asker")).to_be_visible()
    expect(other.locator("#text")).to_be_focused()
    other.keyboard.press("Escape")
    expect(other.get_by_text("Replying to Asker")).to_have_count(0)
    expect(other.get_by_role("button", name="Reply to Asker")).to_be_focused()
    other.keyboard.press("Enter")
    news.write(other, "An answer.", name="Answerer")

    thread = other.locator(
        ".lar-list > li", has=other.get_by_role("article", name="Asker")
    )
    expect(thread.get_by_role("article", name="Answerer").first).to_contain_text(
        "Waiting for review"
    )
    approve(news, 1)
    news.read(page)
    nested = page.locator("li li").get_by_role("article", name="Answerer")
    expect(nested).to_contain_text("An answer.")


def test_hostile_comments_run_nothing_and_break_out_of_nothing(
    news: News, page: Page, context_of: Visitor
) -> None:
    attacks = [
        "<script>document.title='broken'</script>",
        "<img src=x onerror=\"document.title='broken'\">",
        "[click](javascript:document.title='broken')",
        "<a href=\"javascript:document.title='broken'\">x</a> <svg onload=alert(1)>",
        "\u202eright to left\u202c and " + "Z\u0351\u0343" * 50 + " " + "w" * 3000,
    ]
    news.read(page)
    for number, attack in enumerate(attacks):
        news.write(page, attack, name=f"Mallory{number}")
        expect(page.get_by_role("article", name=f"Mallory{number}")).to_be_visible()
    desk = context_of().new_page()
    news.sign_in(desk, waiting=len(attacks))
    expect(desk.locator("[data-card]")).to_have_count(len(attacks))
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not desk.evaluate(wide)
    approve(news, len(attacks))

    reader = context_of().new_page()
    reports: list[str] = []
    reader.on("console", lambda message: reports.append(message.text))
    news.read(reader)
    expect(
        reader.get_by_role("heading", name=f"{len(attacks)} comments")
    ).to_be_visible()

    assert "broken" not in reader.title()
    assert not reader.evaluate(wide)
    assert (
        reader.locator("leave-a-reply article img, leave-a-reply article svg").count()
        == 0
    )
    assert reader.locator("leave-a-reply a[href^=javascript]").count() == 0
    assert reports == []


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_of_the_publisher_rules_the_look(
    news: News, context_of: Visitor, width: int
) -> None:
    page = context_of(viewport={"width": width, "height": 740}).new_page()
    news.read(page)
    news.write(page, "Same type, same colour.")
    own = page.get_by_role("article", name="Robin")
    expect(own).to_be_visible()

    look = "e => { const s = getComputedStyle(e); return [s.fontFamily, s.color]; }"
    assert own.locator("p").first.evaluate(look) == page.locator("main").evaluate(look)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_when_the_service_is_away_nothing_typed_is_lost(news: News, page: Page) -> None:
    news.read(page)
    page.route("**/api/v1/**", lambda route: route.abort())

    news.write(page, "Written while the network was gone.")

    expect(page.get_by_role("alert")).to_contain_text("It is still here")
    expect(page.locator("#text")).to_have_value("Written while the network was gone.")
