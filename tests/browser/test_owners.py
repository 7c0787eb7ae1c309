"""What owners see: every page without a violation, by keyboard, on a phone, in German."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from moderation.accounts import moderators
from moderation.accounts.moderators import Moderator
from moderation.demo import address
from moderation.enums import Role
from moderation.sites import settings_changes
from moderation.sites import site as sites
from tests.axe import check
from tests.browser.conftest import News
from tests.conditions import eventually
from tests.factories import PASSWORD

SITE = f"/settings/{address.SITE_KEY}"
PAGES = (
    *("/settings", SITE, f"{SITE}/people", f"{SITE}/keys", f"{SITE}/rules"),
    *(f"{SITE}/marks", f"{SITE}/webhooks"),
    *("/audit", "/audit/mine", "/account", "/account/code"),
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def owner(news: News) -> Moderator:
    """Somebody who owns the newspaper, for one test alone."""
    email = f"owner-{secrets.token_hex(4)}@example.org"
    with news.database.write() as conn:
        site = sites.find(conn, address.SITE_KEY)
        assert site
        added = moderators.add(
            conn, email=email, name="Olga", password=PASSWORD, now=datetime.now(UTC)
        )
        moderators.join(conn, added.id, site.id, Role.OWNER)
    return added


def sign_in(page: Page, news: News, who: Moderator) -> None:
    page.goto(f"{news.service.url}/login")
    page.locator("#email").fill(who.email)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")


def something_to_see(news: News, page: Page) -> None:
    """A comment that waits."""
    news.read(page)
    news.write(page, "You stupid idiot, this is a wonderful bridge.")
    news.held(1)


def test_no_page_of_owners_has_a_violation(
    news: News, owner: Moderator, context_of: Callable[..., BrowserContext]
) -> None:
    page = context_of().new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    something_to_see(news, page)
    refused.clear()
    url = news.service.url
    sign_in(page, news, owner)
    for path in PAGES:
        page.goto(url + path)
        check(page)

    page.goto(url + SITE)
    page.get_by_label("Blocked words").fill("idiot\n/(/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    check(page)
    page.get_by_label("Blocked words").fill("idiot")
    page.get_by_role("button", name="Try on the last 30 days").click()
    # What came of it is where the eyes are.
    expect(page.locator(".preview").first).to_be_in_viewport()
    expect(page.get_by_text("Would have hit 1 of 1")).to_be_visible()
    check(page)

    page.goto(f"{url}{SITE}/people")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("[data-link]").inner_text()
    check(page)
    page.goto(link)
    check(page)
    stranger = context_of().new_page()
    stranger.goto(link)
    check(stranger)
    stranger.get_by_label("Name").fill("Sam")
    stranger.get_by_label("E-mail").fill("sam@example.org")
    stranger.get_by_label("Password").fill("x" * 12)
    stranger.evaluate(
        "document.querySelectorAll('form').forEach(f => f.noValidate = true)"
    )
    stranger.get_by_label("E-mail").fill("sam")
    stranger.get_by_role("button", name="Join").click()
    expect(stranger.get_by_role("alert")).to_be_visible()
    check(stranger)
    stranger.goto(f"{url}/invitations/nothing")
    check(stranger)

    page.goto(f"{url}{SITE}/keys")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text(re.compile("sk_[0-9a-f]+"))).to_be_visible()
    check(page)

    page.goto(f"{url}/account/code")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    recovery = page.locator(".codes code").first.inner_text()
    check(page)
    page.goto(f"{url}/account")
    check(page)

    stranger.goto(f"{url}/login")
    stranger.locator("#email").fill(owner.email)
    stranger.locator("#password").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    stranger.get_by_label("Code").wait_for()
    check(stranger)
    stranger.get_by_label("Code").fill("000000")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("alert")).to_be_visible()
    check(stranger)
    stranger.get_by_label("Code").fill(recovery)
    stranger.keyboard.press("Enter")
    stranger.wait_for_url("**/review")
    # No style, script or picture was refused by the policy of the page.
    assert [each for each in refused if "Content Security Policy" in each] == []


def test_the_pages_fit_on_a_phone_and_right_to_left(
    news: News, owner: Moderator, context_of: Callable[..., BrowserContext]
) -> None:
    page = context_of(viewport={"width": 360, "height": 700}).new_page()
    something_to_see(news, page)
    sign_in(page, news, owner)
    for direction in ("ltr", "rtl"):
        for path in PAGES:
            page.goto(news.service.url + path)
            page.evaluate("(way) => { document.documentElement.dir = way; }", direction)
            assert page.evaluate(OVERFLOW) <= 0, (path, direction)


def test_the_pages_speak_german(
    news: News, owner: Moderator, context_of: Callable[..., BrowserContext]
) -> None:
    page = context_of(locale="de-DE").new_page()
    sign_in(page, news, owner)
    for path, heading in (
        (SITE, "Einstellungen von"),
        (f"{SITE}/people", "Personen von"),
        ("/audit", "Protokoll"),
        ("/audit/mine", "Meine Zahlen"),
        ("/account", "Ihr Konto"),
    ):
        page.goto(news.service.url + path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert page.locator("html").get_attribute("lang") == "de"
        check(page)


def test_settings_are_changed_and_undone_by_keyboard(
    news: News, owner: Moderator, page: Page
) -> None:
    sign_in(page, news, owner)
    page.goto(news.service.url + SITE)
    links = page.get_by_label("Links that need no second look")
    before = links.input_value()
    links.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved. It counts")).to_be_visible()
    expect(page.get_by_label("Links that need no second look")).to_have_value("17")
    undo = page.get_by_role("button", name=re.compile("Undo")).first
    undo.focus()
    page.keyboard.press("Enter")
    # The page comes anew, with what holds again.
    expect(page.get_by_label("Links that need no second look")).to_have_value(before)


def test_the_widget_looks_as_the_owner_wants_it(
    news: News, owner: Moderator, page: Page
) -> None:
    with news.database.write() as conn:
        site = sites.find(conn, address.SITE_KEY)
        assert site
        wanted = {"form_title": "Say it", "form_asks_for_website": False}
        settings_changes.change_settings(
            conn,
            site,
            site.settings.model_copy(update=wanted),
            actor=owner.actor,
            now=datetime.now(UTC),
        )
    # As on a page that brings no form of its own.
    bare = """() => {
        const fresh = document.createElement("leave-a-reply");
        fresh.setAttribute("site", "demo");
        document.querySelector("leave-a-reply").replaceWith(fresh);
    }"""
    try:

        def opened() -> bool:
            news.read(page)
            page.evaluate(bare)
            with page.expect_response("**/form"):
                page.get_by_label("Name *").focus()
            heading = page.get_by_role("heading", name="Say it")
            return heading.count() == 1

        eventually(opened, what="the new heading")
        expect(page.get_by_label("Website", exact=True)).to_be_hidden()
    finally:
        with news.database.write() as conn:
            now = datetime.now(UTC)
            settings_changes.change_settings(
                conn, site, site.settings, actor=owner.actor, now=now
            )
