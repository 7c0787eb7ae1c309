"""The desk by keyboard: every key, the focus, undo, and two moderators at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]


def test_j_and_k_go_through_the_cards(desk: Page) -> None:
    for key, name in zip(
        "jjjjkk", ("Anna", "Berta", "Cleo", "Cleo", "Berta", "Anna"), strict=True
    ):
        desk.keyboard.press(key)
        expect(desk.get_by_role("article", name=name)).to_be_focused()


def test_after_a_decision_the_next_card_has_the_focus(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("s")

    expect(desk.get_by_role("article", name="Berta")).to_be_focused()
    expect(desk.locator("[data-count=held]")).to_have_text("2")
    expect(desk.locator("[data-announcement]")).to_have_text(
        "Rejected as Spam: the comment by Anna is not shown. Next: Berta"
    )
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    expect(desk.get_by_role("article", name="Berta")).to_be_focused()


def test_u_takes_the_last_decision_back(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("s")
    expect(desk.get_by_role("article", name="Berta")).to_be_focused()

    desk.keyboard.press("u")

    expect(desk.get_by_role("article", name="Anna")).to_be_focused()
    expect(desk.locator("[data-count=held]")).to_have_text("3")
    desk.keyboard.press("a")
    expect(desk.get_by_text("Approved: the comment by Anna")).to_have_count(2)


def test_u_on_the_decided_page_takes_my_latest_back(desk: Page) -> None:
    desk.keyboard.press("a")
    expect(desk.locator("[data-done]")).to_contain_text("Approved")
    desk.get_by_role("link", name="Decided").click()
    desk.wait_for_url("**/review/decided")
    # Shown by the script that listens to the keys.
    desk.locator("[data-help]:not([hidden])").wait_for(state="attached")
    expect(desk.get_by_text("took a decision back")).to_have_count(0)

    desk.keyboard.press("u")

    expect(desk.get_by_text("took a decision back")).to_be_visible()
    expect(desk.locator("[data-count=held]")).to_have_text("3")


def test_u_takes_back_what_was_done_on_another_page(desk: Page) -> None:
    desk.keyboard.press("a")
    expect(desk.locator("[data-done]")).to_contain_text("Approved")
    desk.keyboard.press("g")
    desk.keyboard.press("r")
    desk.wait_for_url("**/review?lane=reported")
    desk.locator("[data-help]:not([hidden])").wait_for(state="attached")

    desk.keyboard.press("u")

    expect(desk.get_by_role("status").first).to_contain_text("Taken back: Decision")
    assert desk.url.endswith("/review?lane=reported")
    expect(desk.locator("[data-count=held]")).to_have_text("3")


@pytest.mark.parametrize(
    ("letter", "reason"), [("a", "Abuse"), ("x", "Sexual"), ("r", "Other")]
)
def test_r_and_a_letter_reject_with_a_reason(
    desk: Page, letter: str, reason: str
) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("r")
    expect(desk.get_by_role("button", name="Abuse")).to_be_focused()

    desk.keyboard.press(letter)

    expect(desk.locator("[data-done]")).to_contain_text(
        f"Rejected as {reason}: the comment by Anna"
    )


def test_escape_closes_the_reasons_and_decides_nothing(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("r")
    desk.keyboard.press("Escape")

    expect(desk.get_by_role("button", name="Abuse")).to_have_count(0)
    expect(desk.locator("[data-card]")).to_have_count(3)


def test_keys_are_listed_and_can_be_switched_off(desk: Page) -> None:
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keys of the desk")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Use single keys").uncheck()
    dialog.get_by_role("button", name="Close").click()

    desk.keyboard.press("j")
    desk.keyboard.press("a")
    expect(desk.get_by_role("article", name="Anna")).not_to_be_focused()
    desk.reload()
    expect(desk.locator("[data-card]")).to_have_count(3)


def test_the_second_of_two_moderators_reads_what_happened(
    news: News, desk: Page, context_of: Visitor
) -> None:
    # Faster than the desk could be told.
    desk.route("**/review/live*", lambda route: route.abort())
    other = context_of().new_page()
    news.sign_in(other)
    other.keyboard.press("a")
    expect(other.locator("[data-done]")).to_contain_text("Approved")

    desk.keyboard.press("j")
    desk.keyboard.press("s")

    expect(
        desk.get_by_role("article", name="Anna").get_by_role("alert")
    ).to_contain_text("Nothing changed: this comment was approved")
    expect(desk.get_by_role("article", name="Anna")).to_be_focused()


def test_a_session_that_ended_leads_to_the_sign_in_page(desk: Page) -> None:
    desk.context.clear_cookies()
    desk.keyboard.press("a")

    expect(desk.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(desk.get_by_text("nothing that you did since then was kept")).to_be_visible()
    assert desk.url.endswith("next=/review")


def test_on_a_phone_the_buttons_are_large_and_nothing_is_cut_off(
    news: News, desk: Page, context_of: Visitor
) -> None:
    phone = context_of(viewport={"width": 360, "height": 740}).new_page()
    news.sign_in(phone)

    approve = phone.get_by_role("button", name="Approve").first.bounding_box()
    assert approve
    assert approve["height"] >= 44
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
