"""Who has joined by an invitation is taken out again, by an owner alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import News
from tests.browser.undo.deeds import a_link
from tests.browser.undo.state import state_of
from tests.browser.undo.taking_back import TAKEN_BACK, by_button, refused
from tests.factories import PASSWORD


def test_who_joined_is_no_member_any_more(
    scene: News,
    pages: tuple[Page, Page],
    context_of: Callable[..., BrowserContext],
) -> None:
    page, other = pages
    a_link(page, scene)
    link = page.locator("[data-link]").inner_text()
    before = state_of(scene)
    guest = context_of().new_page()
    guest.goto(link)
    guest.get_by_label("Name").fill("Gwen")
    guest.get_by_label("E-mail").fill("gwen@example.org")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Join").click()
    guest.locator("[data-card]").first.wait_for()
    joined = state_of(scene)
    assert len(joined["members"]) == len(before["members"]) + 1

    refused(other, scene)
    assert state_of(scene) == joined
    # Who joined is in the same position: the key is for what one may take back alone.
    guest.goto(f"{scene.service.url}/review/decided")
    guest.keyboard.press("u")
    expect(guest.locator("main")).to_contain_text("an owner of the site")
    assert state_of(scene) == joined
    page.goto(f"{scene.service.url}/review/decided")
    by_button(page)

    expect(page.locator(".entry-what").first).to_contain_text(TAKEN_BACK)
    assert state_of(scene) == before
    guest.goto(f"{scene.service.url}/review")
    expect(guest.locator("[data-card]")).to_have_count(0)
