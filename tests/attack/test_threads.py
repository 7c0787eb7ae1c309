"""Threads that somebody made to break the page: too deep, too many views of them."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from flask.testing import FlaskClient

from moderation.comments.page_cache import CACHE_BYTES, ENTRY_BYTES, Pages
from moderation.comments.threads import DEPTH_MAX, Head, View
from moderation.enums import Mode
from moderation.sites.settings import SiteSettings
from moderation.storage.database import Database
from tests.factories import ARTICLE, a_comment, a_site


@pytest.fixture
def store() -> str:
    """The page is made in memory, from either store."""
    return "sqlite"


def test_a_chain_of_replies_stays_readable_however_long(
    client: FlaskClient, database: Database, judge: Callable[..., int]
) -> None:
    with database.write() as conn:
        site = a_site(
            conn, key="news", settings=SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED)
        )
    parent, chain = "", []
    for _ in range(DEPTH_MAX + 5):
        with database.write() as conn:
            parent = a_comment(conn, site, parent=parent).public_id
        chain.append(parent)
        assert judge() == 1

    page = client.get(f"/api/v1/sites/news/comments?thread={ARTICLE}").json

    assert page
    assert page["count"] == len(chain)
    depth, level, seen = 0, page["comments"], []
    while level:
        depth += 1
        seen += [(each["id"], each["parent"]) for each in level]
        level = [reply for each in level for reply in each["replies"]]
    assert depth == DEPTH_MAX
    # In order, and each still says what it answers.
    assert seen == list(zip(chain, [None, *chain], strict=False))


def test_endless_views_of_a_thread_do_not_fill_the_memory(
    database: Database,
) -> None:
    pages, head = Pages(), Head(1, ARTICLE, "The new harbour", True, 1)
    most = CACHE_BYTES // ENTRY_BYTES
    with database.read() as conn:
        body = pages.get(conn, head, View())
        for number in range(most):
            pages._keep((1, 1, View(after=f"{number:x}")), body)

    assert orjson.loads(body)["count"] == 0
    assert len(pages._pages) < most
