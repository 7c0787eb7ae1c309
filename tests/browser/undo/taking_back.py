"""How an act is taken back, and how that is refused."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import select

from moderation.schema import audit
from tests.browser.conftest import News

TAKEN_BACK = "took a decision back"


def by_button(page: Page) -> None:
    page.locator(".journal").get_by_role("button", name="Undo").first.click()


def by_key(page: Page) -> None:
    page.locator("[data-help]:not([hidden])").wait_for(state="attached")
    page.keyboard.press("u")


def refused(other: Page, news: News) -> None:
    """Another moderator finds no button, and who sends the form reads why not."""
    with news.database.read() as conn:
        latest = select(audit.journal.c.public_id).order_by(audit.journal.c.id.desc())
        entry = conn.execute(latest.limit(1)).scalar_one()
    other.goto(f"{news.service.url}/review/decided")
    expect(other.locator(".journal").get_by_role("button", name="Undo")).to_have_count(
        0
    )
    token = other.locator("main").get_attribute("data-token")
    answer = other.request.post(
        f"{news.service.url}/review/decided/{entry}/undo",
        form={"csrf_token": token or ""},
    )
    assert answer.status == 409
    assert "an owner of the site can take it back" in answer.text()
