"""Every kind of act, taken back in the Decided lane by button and by key: as before."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select, update

from moderation import (
    finding_schema,
    member_schema,
    schema,
    standing_schema,
    upkeep,
)
from moderation.demo import address
from moderation.submissions import page_identity
from moderation.vocabulary import Role
from tests.browser.conftest import News
from tests.browsing import STEP_MILLISECONDS
from tests.conditions import eventually
from tests.factories import ARTICLE, CAREFUL

SITE = f"/settings/{address.SITE_KEY}"
WRITTEN = (
    ("Anna", "The ferries leave from another pier."),
    ("Anna", "Nobody has asked those who live beside it."),
    ("Berta", "A wonderful bridge, and so many swans below."),
)
TAKEN_BACK = "took a decision back"
State = dict[str, Any]


@pytest.fixture(scope="module")
def pages(paper: News, browser: Browser) -> Iterator[tuple[Page, Page]]:
    """The desks of an owner and of a moderator, who sign in once."""
    contexts = [browser.new_context() for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(STEP_MILLISECONDS)
    owner, other = (context.new_page() for context in contexts)
    paper.sign_in(owner)
    paper.sign_in(other, who=paper.colleague())
    yield owner, other
    for context in contexts:
        context.close()


@pytest.fixture
def scene(news: News) -> Iterator[News]:
    """Three comments that wait, two of them by Anna, and nothing else to be done."""
    for name, text in WRITTEN:
        news.post(text, name=name, email=f"{name.lower()}@example.org")
    news.held(3)
    eventually(lambda: is_described(news), within=30, what="described comments")
    yield news
    with news.database.write() as conn:
        document = CAREFUL.model_dump(mode="json")
        conn.execute(update(schema.site).values(settings=document))


def is_described(news: News) -> bool:
    """Whether what arrived has been described: that would change its card."""
    with news.database.read() as conn:
        left = select(func.count()).select_from(finding_schema.undescribed)
        return conn.execute(left).scalar_one() == 0


def state_of(news: News) -> State:
    """All that an act may have changed, without what only says that it happened."""
    ban, note = standing_schema.ban, standing_schema.note
    invitation = member_schema.invitation
    site = schema.site
    asked = {
        "comments": select(schema.comment.c.public_id, schema.comment.c.status),
        "authors": select(
            *(
                schema.author.c[name]
                for name in ("id", "trusted", "banned", "banned_until")
            ),
            *(schema.author.c[name] for name in ("approved", "rejected")),
        ),
        "bans": select(ban.c.kind, ban.c.value).where(ban.c.lifted_at.is_(None)),
        "notes": select(note.c.text).where(note.c.removed_at.is_(None)),
        "links": select(invitation.c.id).where(invitation.c.withdrawn_at.is_(None)),
        "members": select(member_schema.membership),
        "threads": select(schema.thread.c.id, schema.thread.c.is_open),
        "counts": select(schema.lane_count.c.kind, schema.lane_count.c.waiting),
        "site": select(site.c.settings, site.c.key_generation),
    }
    with news.database.read() as conn:
        found: State = {
            name: sorted(map(repr, conn.execute(each))) for name, each in asked.items()
        }
    url = f"{news.service.url}/api/v1/sites/{address.SITE_KEY}/comments"
    with urllib.request.urlopen(f"{url}?thread={quote(ARTICLE)}", timeout=20) as answer:
        found["published"] = [each["id"] for each in json.load(answer)["comments"]]
    return found


def cards_of(page: Page, news: News) -> list[str]:
    """What stands on the cards, without how long ago that was."""
    page.goto(f"{news.service.url}/review")
    page.locator("[data-cards][data-scripted]").wait_for()
    page.locator(".age").evaluate_all("all => all.forEach((it) => it.remove())")
    return page.locator("[data-card]").all_inner_texts()


def author_page(page: Page, news: News) -> None:
    """The page of Anna, whose comments are the oldest."""
    page.goto(f"{news.service.url}/review")
    page.goto(page.locator("[data-card] [data-key=h]").first.evaluate("it => it.href"))


def said(page: Page, words: str) -> None:
    """Wait until the page says that it was done."""
    expect(page.locator(".notice-done, [data-done]").first).to_contain_text(words)


def keys(presses: str, words: str) -> Callable[[Page, News], None]:
    def act(page: Page, news: News) -> None:
        page.goto(f"{news.service.url}/review")
        page.locator("[data-help]:not([hidden])").wait_for(state="attached")
        for key in presses:
            page.keyboard.press(key)
        said(page, words)

    return act


def marks(button: str, words: str, hours: str = "") -> Callable[[Page, News], None]:
    def act(page: Page, news: News) -> None:
        author_page(page, news)
        page.get_by_label("Reject what they wrote").fill(hours)
        page.locator(".marks").get_by_role("button", name=re.compile(button)).click()
        said(page, words)

    return act


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
        conn.execute(update(schema.site).values(settings=document))


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
}


@pytest.mark.parametrize("name", ACTS)
def test_it_is_as_before(name: str, scene: News, pages: tuple[Page, Page]) -> None:
    act, prepare = ACTS[name]
    page, other = pages
    if prepare:
        prepare(page, scene)
    cards, before = cards_of(page, scene), state_of(scene)
    for take_back in (by_button, by_key):
        act(page, scene)
        done = state_of(scene)
        assert done != before
        if take_back is by_button:
            refused(other, scene)
            assert state_of(scene) == done
        page.goto(f"{scene.service.url}/review/decided")
        take_back(page)
        expect(page.locator(".entry-what").first).to_contain_text(TAKEN_BACK)
        assert state_of(scene) == before
    assert cards_of(page, scene) == cards


def test_what_the_operator_did_is_taken_back_by_an_owner(
    scene: News, pages: tuple[Page, Page]
) -> None:
    page, other = pages
    before = state_of(scene)
    with scene.database.write() as conn:
        identity, now = page_identity(ARTICLE), datetime.now(UTC)
        upkeep.open_thread(conn, scene.site, identity, False, actor="operator", now=now)
    assert state_of(scene) != before
    refused(other, scene)
    page.goto(f"{scene.service.url}/review/decided")
    # The key is for what one did oneself.
    expect(page.locator(".journal [data-key=u]")).to_have_count(0)
    by_button(page)
    expect(page.locator(".entry-what").first).to_contain_text(TAKEN_BACK)
    assert state_of(scene) == before


def by_button(page: Page) -> None:
    page.locator(".journal").get_by_role("button", name="Undo").first.click()


def by_key(page: Page) -> None:
    page.locator("[data-help]:not([hidden])").wait_for(state="attached")
    page.keyboard.press("u")


def refused(other: Page, news: News) -> None:
    """Another moderator finds no button, and who sends the form reads why not."""
    with news.database.read() as conn:
        latest = select(schema.journal.c.public_id).order_by(schema.journal.c.id.desc())
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
