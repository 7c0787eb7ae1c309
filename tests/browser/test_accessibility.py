"""axe finds nothing, in light and dark, on every page."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.axe import check
from tests.browser.conftest import News


def test_no_page_has_a_violation(
    news: News, page: Page, context_of: Callable[..., BrowserContext]
) -> None:
    news.read(page)
    check(page)
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)
    news.write(page, "You stupid idiot, this is a wonderful bridge.")
    expect(page.get_by_role("article", name="Robin")).to_be_visible()
    check(page)
    page.get_by_role("link", name="See where it stands").click()
    page.get_by_role("heading", name="Your comment").wait_for()
    check(page)

    url = news.service.url
    page.goto(f"{url}/nowhere")
    check(page)
    page.goto(f"{url}/login")
    check(page)
    page.get_by_label("Password").fill("wrong")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)

    news.sign_in(page, waiting=1)
    expect(page.locator("[data-card]")).to_have_count(1)
    check(page)
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Abuse")).to_be_focused()
    check(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name=re.compile("on its own page")).click()
    page.get_by_role("heading", level=1, name="Robin").wait_for()
    check(page)
    page.keyboard.press("a")
    expect(page.locator("[data-done]")).to_be_visible()
    check(page)
    page.goto(f"{url}/review")
    check(page)
    page.goto(f"{url}/review/decided")
    check(page)


def test_the_form_that_comes_back_has_no_violation(
    news: News, page: Page, context_of: Callable[..., BrowserContext]
) -> None:
    form = context_of(java_script_enabled=False).new_page()
    form.goto(news.article)
    form.locator("#text").fill("Hello")
    form.get_by_label("Name *").fill("Sam")
    form.get_by_label("Email *").fill("sam@nowhere")
    with form.expect_response("**/reply") as answer:
        form.get_by_role("button", name="Post Comment").click()
    html = answer.value.text()

    page.route(
        "**/as-it-came-back",
        lambda route: route.fulfill(body=html, content_type="text/html"),
    )
    page.goto(f"{news.service.url}/as-it-came-back")
    expect(page.get_by_role("alert")).to_be_visible()

    check(page)
