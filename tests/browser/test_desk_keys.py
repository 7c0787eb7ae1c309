"""Every key of the desk besides deciding: selecting, looking around, authors, lanes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from moderation.schema.comments import author
from tests.browser.conftest import News

Visitor = Callable[..., BrowserContext]


def card(desk: Page, name: str) -> object:
    return desk.get_by_role("article", name=name, exact=True)


def test_x_selects_and_one_decision_is_about_all_of_them(desk: Page) -> None:
    for key in "jxjx":
        desk.keyboard.press(key)
    expect(desk.locator("[data-selected]")).to_have_text("Selected: 2")

    desk.keyboard.press("s")

    expect(desk.locator("[data-card]")).to_have_count(1)
    expect(card(desk, "Cleo")).to_be_focused()
    expect(desk.locator("[data-count=held]")).to_have_text("1")
    expect(desk.locator("[data-done]")).to_contain_text("2 comments")

    desk.keyboard.press("u")

    expect(desk.locator("[data-card]")).to_have_count(3)


def test_shift_x_selects_a_range_and_r_rejects_it_with_a_reason(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("Shift+X")
    expect(desk.locator("[data-selected]")).to_have_text("Selected: 3")

    desk.keyboard.press("r")
    desk.keyboard.press("h")

    expect(desk.locator("[data-card]")).to_have_count(0)
    expect(desk.locator("[data-done]")).to_contain_text("Hate")
    expect(desk.locator("[data-empty]")).to_be_visible()


def test_what_a_bulk_decision_left_alone_says_why(
    news: News, desk: Page, context_of: Visitor
) -> None:
    desk.route("**/review/live*", lambda route: route.abort())
    for key in "jxjx":
        desk.keyboard.press(key)
    other = context_of().new_page()
    news.sign_in(other)
    other.keyboard.press("a")
    expect(other.locator("[data-done]")).to_contain_text("Approved")

    desk.keyboard.press("s")

    expect(card(desk, "Anna").get_by_role("alert")).to_be_visible()
    expect(card(desk, "Berta")).to_have_count(0)
    expect(desk.locator("[data-done]")).to_contain_text("1 comment")


def test_the_selection_can_be_dropped(desk: Page) -> None:
    for key in "jxjx":
        desk.keyboard.press(key)
    desk.get_by_role("button", name="Select none").click()

    expect(desk.locator("[data-bulk]")).to_be_hidden()
    expect(desk.locator("[data-select]:checked")).to_have_count(0)


def test_o_shows_the_thread_around_a_comment_and_hides_it(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("o")

    around = card(desk, "Berta").get_by_role("region", name="Around it in the thread")
    expect(around.get_by_role("listitem")).to_have_text(
        [re.compile("Anna was here"), re.compile("Berta"), re.compile("Cleo")]
    )
    expect(card(desk, "Berta")).to_be_focused()

    desk.keyboard.press("o")
    expect(around).to_have_count(0)


def test_h_shows_the_author_beside_the_cards_where_there_is_room(desk: Page) -> None:
    desk.set_viewport_size({"width": 1500, "height": 900})
    desk.keyboard.press("j")
    desk.keyboard.press("h")

    drawer = desk.get_by_role("complementary", name="history")
    expect(drawer.get_by_role("heading", name="Anna").first).to_be_visible()
    expect(drawer).to_be_focused()
    desk.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(card(desk, "Anna")).to_be_focused()

    desk.set_viewport_size({"width": 1000, "height": 900})
    desk.keyboard.press("h")
    desk.wait_for_url("**/authors/*")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Anna")


@pytest.mark.parametrize(
    ("key", "word", "undone"), [("t", "trusted", "Trust"), ("b", "banned", "Ban")]
)
def test_t_and_b_mark_the_author_and_u_takes_it_back(
    news: News, desk: Page, key: str, word: str, undone: str
) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press(key)

    expect(card(desk, "Anna").get_by_text(word, exact=True)).to_be_visible()
    expect(card(desk, "Anna")).to_be_focused()
    assert marks(news)["Anna"][key]

    desk.keyboard.press("u")

    expect(card(desk, "Anna").get_by_role("button", name=undone)).to_be_visible()
    expect(card(desk, "Anna").get_by_text(word, exact=True)).to_have_count(0)
    assert not marks(news)["Anna"][key]


def marks(news: News) -> dict[str, dict[str, bool]]:
    """Which authors are trusted (t) and banned (b), by name."""
    with news.database.read() as conn:
        rows = conn.execute(select(author))
        return {row.name: {"t": row.trusted, "b": row.banned} for row in rows}


def test_n_writes_a_note_about_the_author(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("n")
    expect(desk.get_by_label("A note about Anna")).to_be_focused()
    # Letters are letters here, and no keys.
    desk.keyboard.type("Wrote to us as well")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")

    expect(desk.locator("[data-done]")).to_be_visible()
    expect(desk.locator("[data-card]")).to_have_count(3)
    desk.set_viewport_size({"width": 1000, "height": 900})
    desk.keyboard.press("h")
    expect(desk.locator(".notes")).to_contain_text("Wrote to us as well")


def test_c_opens_what_is_like_a_comment(news: News, page: Page) -> None:
    wave = (
        "Earn four hundred dollars a day from home with this one simple trick, at {}."
    )
    for number in range(3):
        news.post(wave.format(number), name=f"Wave {number}")
    news.sign_in(page, waiting=1)
    expect(page.get_by_role("link", name="2 like this")).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("c")

    page.wait_for_url("**/review/clusters/*")
    expect(page.locator("[data-card]")).to_have_count(3)


def test_slash_goes_to_the_search_box_and_finds(desk: Page) -> None:
    desk.keyboard.press("/")
    expect(desk.get_by_role("searchbox", name="Search all comments")).to_be_focused()
    desk.keyboard.type("Berta")
    desk.keyboard.press("Enter")

    desk.wait_for_url("**/review/search?q=Berta")
    expect(desk.locator("[data-card]")).to_have_count(1)
    # The keys of the cards work here too, one by one and together.
    desk.locator("[data-scripted]").wait_for()
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    expect(desk.locator("[data-done]")).to_contain_text("Approved")
    desk.keyboard.press("u")
    expect(card(desk, "Berta")).to_be_focused()
    desk.keyboard.press("x")
    desk.keyboard.press("s")
    expect(desk.locator("[data-card]")).to_have_count(0)
    expect(desk.locator("[data-done]")).to_contain_text("1 comment")


def test_on_a_page_of_its_own_a_comment_can_be_decided(desk: Page) -> None:
    desk.get_by_role("link", name="Open on its own page").first.click()
    desk.get_by_role("heading", name="A comment by Anna").wait_for()
    desk.locator("[data-scripted]").wait_for()
    # Nothing to select here.
    desk.keyboard.press("x")
    desk.keyboard.press("Shift+X")
    desk.keyboard.press("s")

    expect(desk.locator("[data-done]")).to_contain_text("Rejected as Spam")
    desk.keyboard.press("u")
    expect(card(desk, "Anna")).to_be_focused()


@pytest.mark.parametrize(
    ("letter", "heading"),
    [
        ("r", "Reported by readers"),
        ("a", "Appeals of authors"),
        ("s", "Spot checks of what was decided"),
        ("d", "Decided"),
        ("w", "Waiting for review"),
    ],
)
def test_g_and_a_letter_go_to_the_lanes(desk: Page, letter: str, heading: str) -> None:
    desk.goto(desk.url + "/decided")
    desk.keyboard.press("g")
    desk.keyboard.press(letter)

    if letter != "d":
        desk.wait_for_url(lambda url: "decided" not in url)
    expect(desk.get_by_role("heading", level=1)).to_have_text(heading)


def test_g_e_goes_to_everything(desk: Page) -> None:
    desk.keyboard.press("g")
    desk.keyboard.press("e")

    desk.wait_for_url("**/review/search")
