"""axe finds nothing on any page of the desk, whatever is open on it, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.enums import Reason, ReportReason, Status
from moderation.feedback import appeals, reports
from moderation.feedback.reports import ReportRequest
from moderation.sites.site import Site
from tests.axe import check
from tests.browser.conftest import News
from tests.factories import a_moderator

Visitor = Callable[..., BrowserContext]


@pytest.fixture
def page(context_of: Visitor) -> Page:
    """A moderator with a wide window."""
    return context_of(viewport={"width": 1500, "height": 900}).new_page()


def decide(news: News, site: Site, comment_id: str, to: Status) -> None:
    """Let a colleague decide about a comment."""
    with news.database.write() as conn:
        who = a_moderator(conn, site)
    ruling = DecisionRequest(
        comment_id,
        1,
        Status.HELD,
        to,
        Reason.ABUSE if to is Status.REJECTED else None,
    )
    acting = Actor(who.public_id, [site.id])
    decide_comments(news.database, acting, ruling, datetime.now(UTC))


def fill(news: News) -> None:
    """Something in every lane, and a card with all that a card can have."""
    now, site = datetime.now(UTC), news.site
    good = news.post("A kind word.", name="Gwen")
    bad = news.post("You complete 1d10t, you stupid idiot.", name="Hal")
    news.held(2)
    decide(news, site, good, Status.APPROVED)
    decide(news, site, bad, Status.REJECTED)
    with news.database.write() as conn:
        said = ReportRequest(ReportReason.ABUSE, "He means me.", "r1")
        reports.submit(conn, good, said, now)
        appeals.submit(conn, bad, "I only quoted him.", now)
    news.post("You complete 1d10t, see http://a.example", name="Anna")
    news.post("Earn four hundred dollars a day from home, at once, one", name="Wave")
    news.post("Earn four hundred dollars a day from home, at once, two", name="Wove")


def test_no_lane_and_no_page_of_the_desk_has_a_violation(
    news: News, page: Page
) -> None:
    fill(news)
    news.sign_in(page, waiting=2)
    for path in (
        *("/review", "/review?lane=reported", "/review?lane=appealed"),
        *("/review?lane=spot_check&order=riskiest", "/review/decided"),
        *("/review/search", "/review/search?q=dollars", "/account"),
    ):
        page.goto(news.service.url + path)
        check(page)
    page.goto(f"{news.service.url}/review")
    for name in ("Open on its own page", "like this"):
        page.get_by_role("link", name=name).first.click()
        page.wait_for_url(lambda url: not url.endswith("/review"))
        check(page)
        page.go_back()


def test_whatever_is_open_on_a_card_has_no_violation(news: News, page: Page) -> None:
    fill(news)
    news.sign_in(page, waiting=2)
    page.keyboard.press("j")
    for key, opened in (
        ("o", "[data-around]"),
        ("x", "[data-bulk]"),
        ("h", "[data-drawer] h2"),
        ("n", "[data-note] textarea"),
    ):
        page.keyboard.press(key)
        expect(page.locator(opened).first).to_be_visible()
        check(page)
    page.keyboard.press("Escape")
    page.locator("[data-unmasked] summary").first.click()
    page.get_by_role("button", name="Select none").click()
    check(page)


def test_what_others_did_meanwhile_has_no_violation(
    news: News, desk: Page, context_of: Visitor
) -> None:
    other = context_of().new_page()
    news.sign_in(other, who=news.colleague())
    other.keyboard.press("j")
    other.keyboard.press("a")
    expect(other.locator("[data-done]")).to_contain_text("Approved")
    expect(desk.locator("[data-gone]")).to_have_count(1)

    check(desk)
