"""Every kind of act, taken back in the Decided lane by button and by key: as before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from moderation.comments import thread_state
from moderation.schema.comments import author
from moderation.sites.page_addresses import identities
from moderation.sites.site import Site
from tests.browser.conftest import News
from tests.browser.undo.deeds import ACTS, Deed, everywhere
from tests.browser.undo.state import cards_of, state_of
from tests.browser.undo.taking_back import TAKEN_BACK, by_button, by_key, refused
from tests.factories import ARTICLE


def check(act: Deed, news: News, pages: tuple[Page, Page]) -> None:
    """Do it and take it back, by button and by key; a moderator is refused."""
    page, other = pages
    cards, before = cards_of(page, news), state_of(news)
    for take_back in (by_button, by_key):
        act(page, news)
        done = state_of(news)
        assert done != before
        if take_back is by_button:
            refused(other, news)
            assert state_of(news) == done
        page.goto(f"{news.service.url}/review/decided")
        take_back(page)
        expect(page.locator(".entry-what").first).to_contain_text(TAKEN_BACK)
        assert state_of(news) == before
    assert cards_of(page, news) == cards


@pytest.mark.parametrize("name", ACTS)
def test_it_is_as_before(name: str, scene: News, pages: tuple[Page, Page]) -> None:
    act, prepare = ACTS[name]
    if prepare:
        prepare(pages[0], scene)
    check(act, scene, pages)


def test_a_ban_on_all_sites_is_lifted_on_all_of_them(
    scene: News, second: Site, pages: tuple[Page, Page]
) -> None:
    def act(page: Page, news: News) -> None:
        everywhere(page, news)
        with news.database.read() as conn:
            found = select(author.c.site_id).where(author.c.banned)
            banned = set(conn.execute(found).scalars())
        assert banned == {news.site.id, second.id}

    check(act, scene, pages)


def test_what_the_operator_did_is_taken_back_by_an_owner(
    scene: News, pages: tuple[Page, Page]
) -> None:
    page, other = pages
    before = state_of(scene)
    with scene.database.write() as conn:
        identity, now = identities(ARTICLE), datetime.now(UTC)
        thread_state.open_thread(
            conn, scene.site, identity, False, actor="operator", now=now
        )
    assert state_of(scene) != before
    refused(other, scene)
    page.goto(f"{scene.service.url}/review/decided")
    # The key is for what one did oneself.
    expect(page.locator(".journal [data-key=u]")).to_have_count(0)
    by_button(page)
    expect(page.locator(".entry-what").first).to_contain_text(TAKEN_BACK)
    assert state_of(scene) == before
