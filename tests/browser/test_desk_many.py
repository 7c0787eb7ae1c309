"""Many comments with one act, by mouse and by key: how far it is, what came of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest, decide
from moderation.enums import Status
from moderation.review import queue
from moderation.schema.comments import comment
from tests.browser.conftest import News
from tests.conditions import eventually
from tests.factories import a_moderator

# Of those that the scripts send in one go.
CHUNK = 200
# One for each comment of more than two pages.
WORDS = re.findall(
    r"\w+",
    """harbour bridge market ferry council winter school garden railway theatre museum
    library doctor orchard concert weather bicycle kitchen picture village mountain
    factory teacher holiday airport stadium hospital painter""",
)


def card(desk: Page, name: str) -> Locator:
    return desk.get_by_role("article", name=name, exact=True)


def test_what_is_done_stands_where_it_was_done_with_its_undo(
    news: News, desk: Page
) -> None:
    news.post("Dora was here.", name="Dora")
    expect(desk.locator("[data-card]")).to_have_count(4)
    desk.get_by_label("Select the comment by Berta").check()
    desk.get_by_label("Select the comment by Cleo").check()

    desk.locator("[data-bulk]").get_by_role("button", name="Spam").click()

    done = desk.locator("[data-done]")
    expect(done).to_contain_text("2 comments rejected: Spam.")
    expect(card(desk, "Dora")).to_be_focused()
    expect(desk.locator("[data-bulk]")).to_be_hidden()
    order = desk.locator("[data-cards] > *").all_inner_texts()
    assert [text for text in order if "2 comments rejected" in text] == order[1:2]
    done.get_by_role("button", name="Undo").click()
    expect(desk.locator("[data-card]")).to_have_count(4)


def test_a_list_goes_on_as_it_is_read_and_can_be_selected_as_a_whole(
    news: News, page: Page
) -> None:
    names = [f"Visitor {number:02}" for number in range(len(WORDS))]
    for number, name in enumerate(names):
        # Alike they would be stacked on one card.
        words = (WORDS[(step * number + step) % len(WORDS)] for step in (1, 5, 9))
        news.post(f"{' '.join(words)}.", name=name)
    assert len(names) > 2 * queue.PAGE
    news.sign_in(page, waiting=len(names))
    expect(page.locator("[data-card]")).to_have_count(queue.PAGE)

    page.keyboard.press("j")
    page.keyboard.press("x")
    for name in names[1:]:
        expect(card(page, name)).to_be_attached()
        page.keyboard.press("j")
    expect(card(page, names[-1])).to_be_focused()
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-selected]")).to_have_text(f"Selected: {len(names)}")
    page.keyboard.press("a")

    expect(page.locator("[data-done]")).to_contain_text(f"{len(names)} comments")
    expect(page.locator("[data-count=held]")).to_have_text("0")


def test_an_act_that_is_cut_off_keeps_the_rest_selected(news: News, desk: Page) -> None:
    for key in "jxjx":
        desk.keyboard.press(key)
    desk.route("**/review/bulk", lambda route: route.abort())

    desk.keyboard.press("s")

    expect(desk.locator("[data-selected]")).to_contain_text("did not answer")
    expect(desk.locator("[data-select]:checked")).to_have_count(2)
    desk.unroute("**/review/bulk")
    desk.keyboard.press("s")
    expect(desk.locator("[data-done]")).to_contain_text("2 comments rejected")


@pytest.fixture
def found(news: News, page: Page) -> Page:
    """A search that found more than is sent in one go, and counted it."""
    for number in range(CHUNK + 2):
        news.post(f"Ferry number {number} was late.", name=f"Visitor {number}")
    news.sign_in(page)

    def counted() -> bool:
        page.goto(f"{news.service.url}/review/search?q=status:held&count=yes")
        return f"{CHUNK + 2} comments found" in page.locator("main").inner_text()

    eventually(counted, within=60, what="all comments held")
    page.locator("[data-scripted]").wait_for()
    return page


def test_all_that_a_search_finds_goes_step_by_step_and_back(
    news: News, found: Page
) -> None:
    steps: list[str] = []
    oldest = oldest_of(news)

    def step(route: Route) -> None:
        bar = found.locator("form.whole progress")
        steps.append(bar.evaluate("it => `${it.hidden} ${it.value}/${it.max}`"))
        if len(steps) == 1:
            approve(news, oldest)
        route.continue_()

    found.route("**/review/bulk", step)

    found.locator("form.whole").get_by_role("button", name="Spam").last.click()

    done = found.locator("[data-done]")
    expect(done).to_contain_text(f"{CHUNK + 1} comments rejected: Spam.")
    expect(done.get_by_role("button", name="Undo")).to_be_focused()
    expect(found.get_by_role("heading", name="Left as they were: 1")).to_be_visible()
    expect(found.get_by_role("listitem").filter(has_text="faster")).to_have_text(
        "Visitor 0: Somebody was faster: approved."
    )
    expect(found.locator("[data-card]")).to_have_count(0)
    assert steps == [f"false 0/{CHUNK + 2}", f"false {CHUNK}/{CHUNK + 2}"]
    found.keyboard.press("u")
    expect(found.locator("[data-count=held]")).to_have_text(str(CHUNK + 1))


def oldest_of(news: News) -> str:
    """The comment that came first."""
    with news.database.read() as conn:
        first = select(comment.c.public_id).order_by(comment.c.id).limit(1)
        return conn.execute(first).scalar_one()


def approve(news: News, comment_id: str) -> None:
    """What a colleague does meanwhile."""
    with news.database.write() as conn:
        who = a_moderator(conn, news.site)
    ruling = DecisionRequest(comment_id, 1, Status.HELD, Status.APPROVED)
    acting = Actor(who.public_id, [news.site.id])
    decide(news.database, acting, ruling, datetime.now(UTC))
