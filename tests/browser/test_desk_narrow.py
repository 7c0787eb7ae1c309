"""The desk on a phone, zoomed, right to left, calm, and without anything jumping."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from moderation.schema.accounts import moderator
from tests.axe import check
from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]
PHONE = {"width": 360, "height": 740}

FITS = "document.documentElement.scrollWidth <= innerWidth"
# What moved since the page was opened, without the person having done anything.
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(sum), 300));
})"""
SWIPE = """([id, far]) => {
  const card = document.getElementById(id);
  const touch = (x) => [new Touch({ identifier: 1, target: card, clientX: x, clientY: 200 })];
  const send = (name, touches, changedTouches) => card.dispatchEvent(
    new TouchEvent(name, { bubbles: true, touches, changedTouches }));
  send("touchstart", touch(180), touch(180));
  send("touchend", [], touch(180 + far));
}"""


@pytest.fixture
def phone(news: News, context_of: Visitor) -> Page:
    """A phone with three cards; Berta's is an insult."""
    news.post("Anna was here.", name="Anna")
    news.post("You stupid idiot, shut your damn mouth.", name="Berta")
    news.post("Cleo was here.", name="Cleo")
    page = context_of(viewport=PHONE, has_touch=True).new_page()
    news.sign_in(page, waiting=3)
    return page


def swipe(page: Page, far: int) -> None:
    """Pull the card that is shown so far to the right, or left."""
    shown = page.locator("[data-card][data-current]").get_attribute("id")
    page.evaluate(SWIPE, [shown, far])


def test_a_phone_shows_one_card_with_two_big_buttons(phone: Page) -> None:
    expect(phone.locator("[data-card]:visible")).to_have_count(1)
    buttons = phone.locator(".acts > :visible:not(input)")
    expect(buttons).to_have_text([re.compile("Approve"), re.compile("Reject")])
    for box in (each.bounding_box() for each in buttons.all()):
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 120
    expect(phone.get_by_role("button", name="Trust")).to_be_hidden()
    phone.locator("[data-current] [data-aside] > summary").click()
    expect(phone.get_by_role("button", name="Trust")).to_be_visible()
    assert phone.evaluate(FITS)
    expect(
        phone.locator(".card-done kbd, .acts kbd").locator("visible=true")
    ).to_have_count(0)
    phone.get_by_role("button", name="Next comment").click()
    expect(phone.get_by_role("article", name="Berta")).to_be_visible()
    expect(phone.get_by_role("article", name="Anna")).to_be_hidden()


def test_every_reason_can_be_reached_on_a_phone(phone: Page) -> None:
    phone.get_by_text("Reject", exact=False).locator("visible=true").first.click()
    for name in ("Abuse", "Spam", "Other"):
        box = phone.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert box["y"] + box["height"] <= PHONE["height"]


def test_a_swipe_decides_and_can_be_taken_back(phone: Page) -> None:
    swipe(phone, 40)
    expect(phone.get_by_role("article", name="Anna")).to_be_visible()

    swipe(phone, 150)
    expect(phone.locator("[data-done]")).to_contain_text(
        "Approved: the comment by Anna"
    )
    expect(phone.get_by_role("article", name="Berta")).to_be_visible()

    # To the left: what the scores would call it.
    swipe(phone, -150)
    expect(phone.locator("[data-done]")).to_contain_text("Rejected as Abuse")

    phone.get_by_role("button", name="Undo").click()
    expect(phone.get_by_role("article", name="Berta")).to_be_visible()
    expect(phone.locator("[data-card]:visible")).to_have_count(1)


def test_right_to_left_nothing_is_cut_off_and_swipes_turn_round(phone: Page) -> None:
    phone.evaluate("document.documentElement.dir = 'rtl'")
    assert phone.evaluate(FITS)

    swipe(phone, -150)

    expect(phone.locator("[data-done]")).to_contain_text(
        "Approved: the comment by Anna"
    )


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_at_twice_the_size_nothing_is_cut_off(desk: Page, direction: str) -> None:
    # What 200 % zoom makes of a window of 1280 pixels.
    desk.set_viewport_size({"width": 640, "height": 450})
    desk.evaluate(f"document.documentElement.dir = '{direction}'")
    desk.keyboard.press("j")
    desk.keyboard.press("o")
    expect(desk.get_by_role("region", name="Around it")).to_be_visible()

    assert desk.evaluate(FITS)
    check(desk)


@pytest.mark.parametrize("path", ["/review", "/review/decided"])
@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}])
def test_nothing_jumps_while_a_page_opens(
    news: News, desk: Page, path: str, size: dict[str, int]
) -> None:
    desk.set_viewport_size(size)
    desk.keyboard.press("a")
    expect(desk.locator("[data-done]")).to_contain_text("Approved")
    desk.goto(news.service.url + path)

    assert desk.evaluate(SHIFT) == 0


def calm(news: News, **wanted: object) -> None:
    with news.database.write() as conn:
        conn.execute(update(moderator).values(preferences={"calm": wanted}))


def test_calm_blurs_toxic_text_until_its_card_has_the_focus(
    news: News, page: Page
) -> None:
    calm(news, blur=True, greyscale=True)
    news.post("Anna was here.", name="Anna")
    news.post("You stupid idiot, shut your damn mouth.", name="Berta")
    news.sign_in(page, waiting=2)
    text = page.get_by_role("article", name="Berta").locator(".comment-text").first
    filtered = "(element) => getComputedStyle(element).filter"
    assert text.evaluate(filtered) == "blur(6px)"
    assert page.locator("main").evaluate(filtered) == "grayscale(1)"
    anna = page.get_by_role("article", name="Anna").locator(".comment-text").first
    assert anna.evaluate(filtered) == "none"

    page.keyboard.press("j")
    page.keyboard.press("j")

    assert text.evaluate(filtered) == "none"


def test_calm_reminds_of_a_pause_once_in_so_many_minutes(
    news: News, page: Page
) -> None:
    calm(news, pause_minutes=25)
    page.clock.install()
    news.sign_in(page)
    rest = page.locator("[data-rest]")
    page.clock.run_for(24 * 60_000)
    expect(rest).to_be_hidden()
    page.clock.run_for(2 * 60_000)
    expect(rest).to_contain_text("You have been reading for 25 minutes.")
    expect(rest).to_be_visible()

    page.get_by_role("button", name="Thank you").click()
    page.clock.run_for(20 * 60_000)
    expect(rest).to_be_hidden()


@pytest.fixture(autouse=True)
def as_usual(news: News) -> None:
    """Nothing is softened unless a test says so."""
    calm(news)
