"""Two desks that stay open, and three comments that wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import delete, select, update

from moderation.accounts import moderators
from moderation.enums import Role
from moderation.schema import sites
from moderation.schema.accounts import membership
from moderation.sites.site import Site
from tests.browser.conftest import News, empty
from tests.browser.undo.state import is_idle
from tests.browsing import STEP_MILLISECONDS
from tests.conditions import eventually
from tests.factories import CAREFUL, a_comment, a_site

WRITTEN = (
    ("Anna", "The ferries leave from another pier."),
    ("Anna", "Nobody has asked those who live beside it."),
    ("Berta", "A wonderful bridge, and so many swans below."),
)


@pytest.fixture(scope="package")
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
    eventually(lambda: is_idle(news), within=30, what="described comments")
    yield news
    with news.database.write() as conn:
        document = CAREFUL.model_dump(mode="json")
        conn.execute(update(sites.site).values(settings=document))


@pytest.fixture
def second(scene: News) -> Iterator[Site]:
    """Another site of the same people, where Anna has written too."""
    with scene.database.write() as conn:
        site = a_site(conn, key="second", settings=CAREFUL)
        here = select(membership).where(membership.c.site_id == scene.site.id)
        for row in conn.execute(here).all():
            moderators.join(conn, row.moderator_id, site.id, Role(row.role))
        a_comment(conn, site, name="Anna", email="anna@example.org")
    eventually(lambda: is_idle(scene), within=30, what="described comments")
    yield site
    empty(scene)
    with scene.database.write() as conn:
        conn.execute(delete(membership).where(membership.c.site_id == site.id))
        conn.execute(delete(sites.site).where(sites.site.c.id == site.id))
