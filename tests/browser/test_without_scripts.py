"""Everything works without JavaScript: the form, the status page, the desk."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import News


def test_a_visitor_and_a_moderator_without_javascript(
    news: News, context_of: Callable[..., BrowserContext]
) -> None:
    page = context_of(java_script_enabled=False).new_page()
    page.goto(news.article)

    # The browser itself asks for what is required; it does not know our other rules.
    page.locator("#text").fill("Written without any script.")
    page.get_by_label("Name *").fill("Sam")
    page.get_by_label("Email *").fill("sam@nowhere")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing needs another look:")
    expect(page.locator("#text")).to_have_value("Written without any script.")
    page.get_by_label("Email").fill("sam@example.org")
    page.get_by_role("button", name="Post Comment").click()
    page.wait_for_url(lambda url: "/sites/demo/reply" not in url)

    news.held(1)
    desk = context_of(java_script_enabled=False).new_page()
    desk.goto(f"{news.service.url}/review")
    desk.get_by_label("E-mail").fill(news.login.email)
    desk.get_by_label("Password").fill(news.login.password)
    desk.get_by_role("button", name="Sign in").click()

    expect(desk.locator("article")).to_contain_text("Written without any script.")
    desk.get_by_text("Reject").first.click()
    desk.get_by_role("button", name="Off topic").click()
    expect(desk.get_by_text("Rejected as Off topic")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Taken back")).to_be_visible()
    desk.locator("article").get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("the comment by Sam is published")).to_be_visible()


def test_the_keys_have_buttons_and_links_that_need_no_javascript(
    news: News, context_of: Callable[..., BrowserContext]
) -> None:
    for name in ("Anna", "Berta", "Cleo"):
        news.post(f"{name} was here.", name=name)
    news.held(3)
    page = context_of(java_script_enabled=False).new_page()
    page.goto(f"{news.service.url}/login")
    page.get_by_label("E-mail").fill(news.login.email)
    page.get_by_label("Password").fill(news.login.password)
    page.get_by_role("button", name="Sign in").click()

    # What only a script can do is not offered.
    expect(page.get_by_role("button", name="Select none")).to_have_count(0)
    page.get_by_role("link", name="Newest first").click()
    anna = page.get_by_role("article", name="Anna")
    anna.get_by_role("button", name="Approve").click()
    # Back in the same lane, in the same order.
    expect(page).to_have_url(re.compile(r"order=newest"))
    page.get_by_role("article", name="Berta").get_by_role("checkbox").check()
    page.get_by_role("article", name="Cleo").get_by_role("checkbox").check()
    page.locator("form#bulk").get_by_role("button", name="Spam").click()
    expect(page.get_by_role("status").first).to_contain_text("2 comments")
    page.get_by_role("button", name="Undo").click()

    page.goto(f"{news.service.url}/review")
    page.get_by_role("article", name="Berta").get_by_role(
        "link", name="Context"
    ).click()
    expect(page.get_by_role("region", name="Around it")).to_contain_text(
        "Anna was here"
    )
    page.get_by_role("button", name="Ban").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.get_by_role("searchbox", name="Search all comments").fill("Cleo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Cleo")).to_be_visible()
