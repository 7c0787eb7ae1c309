"""Every kind of act, as somebody at the desk does it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from moderation.demo import address
from moderation.enums import Role
from moderation.schema import comments, sites
from tests.browser.conftest import News
from tests.factories import CAREFUL

Deed = Callable[[Page, News], None]
SITE = f"/settings/{address.SITE_KEY}"


def author_page(page: Page, news: News) -> None:
    """The page of Anna on the newspaper, whose comments are the oldest."""
    here = comments.author.c.site_id == news.site.id
    oldest = (
        select(comments.author.c.public_id).where(here).order_by(comments.author.c.id)
    )
    with news.database.read() as conn:
        anna = conn.execute(oldest.limit(1)).scalar_one()
    page.goto(f"{news.service.url}/authors/{anna}")


def said(page: Page, words: str) -> None:
    """Wait until the page says that it was done."""
    expect(page.locator(".notice-done, [data-done]").first).to_contain_text(words)


def keys(presses: str, words: str) -> Deed:
    def act(page: Page, news: News) -> None:
        page.goto(f"{news.service.url}/review")
        page.locator("[data-help]:not([hidden])").wait_for(state="attached")
        for key in presses:
            page.keyboard.press(key)
        said(page, words)

    return act


def marks(button: str, words: str, hours: str = "") -> Deed:
    def act(page: Page, news: News) -> None:
        author_page(page, news)
        page.get_by_label("Reject what they wrote").fill(hours)
        page.locator(".marks").get_by_role("button", name=re.compile(button)).click()
        said(page, words)

    return act


def everywhere(page: Page, news: News) -> None:
    """Ban Anna on every site where she writes."""
    author_page(page, news)
    page.get_by_label("on all my sites").check()
    page.locator(".marks").get_by_role("button", name=re.compile("^Ban$")).click()
    said(page, "banned")


def a_note(page: Page, news: News) -> None:
    author_page(page, news)
    page.get_by_label("A note for the other moderators").fill("Seen before.")
    page.locator(".note-new").get_by_role("button").click()
    said(page, "The note is kept")


def a_note_on_a_card(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}/review")
    page.locator("[data-help]:not([hidden])").wait_for(state="attached")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("Seen before.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(page, "The note is kept")
    expect(page.locator(".said-by")).to_contain_text("Seen before.")


def no_note(page: Page, news: News) -> None:
    author_page(page, news)
    page.locator(".notes").get_by_role("button", name="Remove").click()
    said(page, "The note is removed")


def settings(page: Page, news: News) -> None:
    page.goto(news.service.url + SITE)
    page.get_by_label("Links that need no second look").fill("17")
    page.keyboard.press("Enter")
    said(page, "Saved")


def a_rule_run(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}{SITE}/rules")
    page.get_by_role("button", name=re.compile("^Decide")).click()
    said(page, "3 comments")


def lenient(page: Page, news: News) -> None:
    """Rules that would not hold what waits."""
    with news.database.write() as conn:
        document = CAREFUL.model_dump(mode="json") | {"mode": "publish_unless_flagged"}
        conn.execute(update(sites.site).values(settings=document))


def a_role(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}{SITE}/people")
    row = page.locator("li.row").filter(
        has=page.locator("option[selected][value=viewer]")
    )
    row.first.get_by_role("combobox").select_option("moderator")
    row.first.get_by_role("button").click()
    expect(page.locator(".notice-done")).to_be_visible()


def a_viewer(page: Page, news: News) -> None:
    news.colleague(Role.VIEWER)


def a_link(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}{SITE}/people")
    page.get_by_role("button", name="Make a link").click()
    expect(page.locator("[data-link]")).to_be_visible()


def no_link(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}{SITE}/people")
    page.get_by_role("button", name=re.compile("Withdraw")).first.click()
    expect(page.locator(".notice-done")).to_be_visible()


def other_keys(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}{SITE}/keys")
    page.get_by_role("button", name="Replace the secret keys").click()
    said(page, "The secret keys were replaced")


def a_webhook(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}{SITE}/webhooks")
    page.get_by_label("Address").fill("https://cms.example.org/hook")
    page.keyboard.press("Enter")
    said(page, "The webhook was added")


def no_webhook(page: Page, news: News) -> None:
    page.goto(f"{news.service.url}{SITE}/webhooks")
    page.get_by_role("button", name=re.compile("^Remove")).click()
    said(page, "The webhook was removed")


# What is done, and what has to be so before.
ACTS = {
    "approved": (keys("ja", "Approved"), None),
    "spam": (keys("js", "Rejected as Spam"), None),
    "rejected": (keys("jrh", "Rejected as"), None),
    "bulk": (keys("jxjxa", "2 comments"), None),
    "trusted": (keys("jt", "trusted"), None),
    "trusted on the page": (marks("^Trust$", "trusted"), None),
    "banned": (keys("jb", "banned"), None),
    "banned and swept": (marks("^Ban$", "2 comments rejected", "24"), None),
    "unbanned": (marks("^Lift the ban$", "lifted"), marks("^Ban$", "banned")),
    "swept": (marks("^Only reject", "2 comments rejected", "24"), None),
    "domain": (marks("^Ban all of @", "banned"), None),
    "domain again": (
        marks("^Lift the ban of @", "lifted"),
        marks("^Ban all of @", "banned"),
    ),
    "network": (marks("^Ban the network", "banned"), None),
    "network again": (
        marks("^Lift the ban of [0-9]", "lifted"),
        marks("^Ban the network", "banned"),
    ),
    "note": (a_note, None),
    "note on a card": (a_note_on_a_card, None),
    "note removed": (no_note, a_note),
    "settings": (settings, None),
    "rules": (a_rule_run, lenient),
    "role": (a_role, a_viewer),
    "invitation": (a_link, None),
    "invitation withdrawn": (no_link, a_link),
    "keys": (other_keys, None),
    "webhook": (a_webhook, None),
    "webhook removed": (no_webhook, a_webhook),
}
