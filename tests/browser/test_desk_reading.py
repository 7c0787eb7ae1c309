"""What makes a card easy to read and to answer, whatever is on it and under one's hands."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import News

PRESS = """(key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...key }))"""


def test_the_buttons_of_a_long_text_are_in_reach_while_it_is_read(
    news: News, page: Page
) -> None:
    news.post("Word after word. " * 580, name="Anna")
    page.set_viewport_size({"width": 1280, "height": 800})
    news.sign_in(page, waiting=1)
    text = page.locator("[data-card] > .comment-text")

    for scrolled in (0, 900):
        page.evaluate("(y) => scrollTo(0, y)", scrolled)
        box = text.bounding_box()
        assert box
        assert box["y"] + box["height"] > 800
        button = page.get_by_role("button", name="Approve").first
        expect(button).to_be_in_viewport(ratio=1)
    page.keyboard.press("r")
    for name in ("Abuse", "Other"):
        reason = page.get_by_role("button", name=name, exact=True)
        expect(reason).to_be_in_viewport(ratio=1)


def test_keys_work_where_another_alphabet_is_written(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.evaluate(PRESS, {"key": "о", "code": "KeyJ"})
    expect(desk.get_by_role("article", name="Berta")).to_be_focused()
    desk.evaluate(PRESS, {"key": "ф", "code": "KeyA"})
    expect(desk.locator("[data-done]")).to_contain_text("the comment by Berta")
    # What Latin keyboards have elsewhere stays what is printed on the key.
    desk.evaluate(PRESS, {"key": "k", "code": "KeyT"})
    expect(desk.get_by_role("article", name="Anna")).to_be_focused()


def test_capitals_are_what_is_written_with_shift(desk: Page) -> None:
    for key in "jxjj":
        desk.keyboard.press(key)
    # With caps lock on.
    desk.evaluate(PRESS, {"key": "X", "code": "KeyX", "shiftKey": False})

    expect(desk.locator("[data-selected]")).to_have_text("Selected: 2")


def test_how_marks_are_read_stands_on_every_page_with_cards(
    news: News, desk: Page, context_of: Callable[..., BrowserContext]
) -> None:
    card = news.held(3)[0]
    phone = context_of(viewport={"width": 360, "height": 740}).new_page()
    news.sign_in(phone)
    for page in (desk, phone):
        for path in (
            *("/review", "/review/search?q=here", f"/review/{card.id}"),
            f"/authors/{card.author_id}",
        ):
            page.goto(f"{news.service.url}{path}")
            legend = page.locator(".legend")
            expect(legend).to_have_text(
                "Underlined words moved the score: a little more most"
            )
            expect(legend).to_be_visible()
            lines = legend.locator("mark").evaluate_all(
                "all => all.map((it) => getComputedStyle(it).textDecorationThickness)"
            )
            assert len(set(lines)) == 3, lines


def test_without_a_connection_the_desk_says_so_and_goes_on_later(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.context.set_offline(True)
    anna = desk.get_by_role("article", name="Anna")
    for key in "oha":
        desk.keyboard.press(key)
        expect(anna.get_by_role("alert")).to_be_visible()
        expect(anna).to_be_focused()
    expect(anna.get_by_role("alert")).to_contain_text("nothing is decided twice")

    desk.context.set_offline(False)
    desk.keyboard.press("o")
    expect(anna.get_by_role("region", name="Around it")).to_be_visible()
    expect(anna.get_by_role("alert")).to_be_hidden()
    desk.keyboard.press("a")
    expect(desk.locator("[data-done]")).to_contain_text("Approved")
