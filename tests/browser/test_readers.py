"""Readers report and authors appeal: with the widget, with the keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from moderation.accounts import moderators
from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest, decide
from moderation.demo import address
from moderation.enums import Kind, Reason, ReportReason, Status
from moderation.feedback import reports
from moderation.feedback.reports import Report
from moderation.review import lanes
from moderation.review.lanes import Lane
from moderation.schema.comments import author, revision
from moderation.schema.notifications import notice_request
from moderation.signing import Keyring
from moderation.sites import site as sites
from tests.axe import check
from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]


def rule(news: News, to: Status, reason: Reason | None = None) -> str:
    """Decide about the one comment that waits; its public id."""
    (card,) = news.held(1)
    with news.database.read() as conn:
        moderator = moderators.find(conn, news.login.email)
    assert moderator
    who = Actor(moderator.public_id, [card.site_id])
    ruling = DecisionRequest(card.id, card.revision, Status.HELD, to, reason)
    decide(news.database, who, ruling, datetime.now(UTC))
    return card.id


def published(news: News, page: Page) -> str:
    """A comment by Robin that everybody can read; its public id."""
    news.read(page)
    news.write(page, "I walked past the harbour.")
    expect(page.get_by_role("article", name="Robin")).to_be_visible()
    public_id = rule(news, Status.APPROVED)
    page.reload()
    page.locator("leave-a-reply").scroll_into_view_if_needed()
    expect(page.get_by_role("article", name="Robin")).to_contain_text("Reply")
    return public_id


def reported(news: News) -> list[Report]:
    with news.database.read() as conn:
        site = sites.find(conn, address.SITE_KEY)
        assert site
        found = lanes.page(conn, Lane([site.id], Kind.REPORTED), limit=10)
        return [each for said in reports.of(conn, found).values() for each in said]


def test_a_reader_reports_a_comment_with_the_keyboard(news: News, page: Page) -> None:
    published(news, page)

    button = page.get_by_role("button", name="Report what Robin wrote")
    button.focus()
    page.keyboard.press("Enter")
    why = page.get_by_label("What is wrong with it?")
    expect(why).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    check(page)
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(why).to_have_count(0)

    page.keyboard.press("Enter")
    why.select_option("abuse")
    page.get_by_label("More about it").fill("He means my neighbour.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text(
        "Thank you. A moderator will look at it."
    )
    expect(page.get_by_role("article", name="Robin")).to_be_focused()
    expect(button).to_have_count(0)
    (said,) = reported(news)
    assert (said.complaint, said.text) == (ReportReason.ABUSE, "He means my neighbour.")


def test_a_reader_who_reports_again_is_told_and_loses_nothing(
    news: News, page: Page
) -> None:
    published(news, page)
    for _ in range(2):
        page.reload()
        page.locator("leave-a-reply").scroll_into_view_if_needed()
        page.get_by_role("button", name="Report what").click()
        page.get_by_label("What is wrong with it?").select_option("other")
        page.get_by_label("More about it").fill("Really.")
        page.get_by_role("button", name="Send the report").click()
        page.get_by_text("Thank you.").or_(page.get_by_role("alert")).first.wait_for()

    expect(page.get_by_role("alert")).to_have_text(
        "You have reported this comment already."
    )
    expect(page.get_by_label("More about it")).to_have_value("Really.")
    assert len(reported(news)) == 1


def test_a_report_and_an_appeal_without_scripts(
    news: News, page: Page, context_of: Visitor
) -> None:
    public_id = published(news, page)
    plain = context_of(java_script_enabled=False).new_page()
    seen = context_of(viewport={"width": 360, "height": 740}).new_page()
    path = f"{news.service.url}/comments/{public_id}/report"
    seen.goto(path)
    check(seen)
    assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth")

    plain.goto(path)
    plain.get_by_label("It is advertising").check()
    plain.get_by_role("button", name="Send the report").click()
    expect(plain.get_by_role("heading")).to_have_text("Thank you for telling us")
    seen.goto(plain.url)
    check(seen)
    assert len(reported(news)) == 1

    news.write(page, "You are all idiots.", name="Sam")
    expect(page.get_by_role("article", name="Sam")).to_be_visible()
    rejected = rule(news, Status.REJECTED, Reason.ABUSE)
    token = Keyring(news.settings.secret_key).sign("status", rejected)
    status = f"{news.service.url}/comments/{token}"
    seen.goto(status)
    check(seen)
    seen.get_by_label("Why should it be published?").fill(" ")
    seen.get_by_role("button", name="Ask for another look").click()
    expect(seen.get_by_role("alert")).to_contain_text("Please write why")
    check(seen)
    plain.goto(status)
    plain.get_by_label("Why should it be published?").fill("I meant myself.")
    plain.get_by_role("button", name="Ask for another look").click()
    expect(plain.get_by_text("You asked for another look.")).to_be_visible()
    seen.goto(status)
    check(seen)

    keyring = Keyring(news.settings.secret_key)
    with news.database.read() as conn:
        author_id = conn.execute(select(author.c.public_id)).scalars().first()
    for what in ("confirm", "stop"):
        seen.goto(f"{news.service.url}/notices/{what}/{keyring.sign(what, author_id)}")
        check(seen)
        seen.get_by_role("button").click()
        expect(seen.get_by_text(address.SITE_NAME)).to_be_visible()
        check(seen)


def test_an_author_who_asks_to_hear_is_noted_and_everybody_else_is_not(
    news: News, page: Page
) -> None:
    news.read(page)
    page.locator("#text").focus()
    page.get_by_label("Tell me by e-mail").check()
    news.write(page, "I would like to know.")
    expect(page.get_by_role("article", name="Robin")).to_be_visible()
    page.reload()
    news.read(page)
    news.write(page, "I do not mind.", name="Sam")
    expect(page.get_by_role("article", name="Sam")).to_be_visible()

    with news.database.read() as conn:
        asked = conn.execute(
            select(revision.c.name).join(
                notice_request, notice_request.c.comment_id == revision.c.comment_id
            )
        ).scalars()
        assert list(asked) == ["Robin"]
