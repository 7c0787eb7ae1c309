"""What readers see of a thread: nesting, pages, and a version for every change."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from moderation.comments import threads
from moderation.comments.page_cache import Pages
from moderation.comments.threads import View
from moderation.enums import Status
from moderation.sites.page_addresses import identities
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, a_comment, a_site
from tests.moderation.rows import decide

APPROVED = Status.APPROVED


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn)


def say(database: Database, site: Site, text: str, parent: str = "") -> str:
    """An approved comment."""
    with database.write() as conn:
        stored = a_comment(conn, site, text, parent=parent, url="https://me.example")
        decide(conn, APPROVED, stored.public_id)
    return stored.public_id


def change(database: Database, to: Status, public_id: str) -> None:
    with database.write() as conn:
        decide(conn, to, public_id)


def page(database: Database, site: Site, **view: Any) -> dict[str, Any]:
    """The thread as a reader gets it."""
    with database.read() as conn:
        head = threads.find(conn, site.id, identities(ARTICLE))
        assert head is not None
        answer: dict[str, Any] = orjson.loads(threads.page(conn, head, View(**view)))
    return answer


def outline(nodes: list[dict[str, Any]]) -> list[Any]:
    """Texts, each with its replies."""
    return [
        (
            node["html"].removeprefix("<p>").removesuffix("</p>"),
            outline(node["replies"]),
        )
        for node in nodes
    ]


def test_replies_stand_below_what_they_answer_oldest_first(
    database: Database, site: Site
) -> None:
    one = say(database, site, "one")
    two = say(database, site, "two")
    deep = say(database, site, "one, one", parent=one)
    say(database, site, "two, one", parent=two)
    say(database, site, "one, one, one", parent=deep)
    say(database, site, "one, two", parent=one)

    seen = page(database, site)

    assert seen["count"] == 6
    assert outline(seen["comments"]) == [
        ("one", [("one, one", [("one, one, one", [])]), ("one, two", [])]),
        ("two", [("two, one", [])]),
    ]
    assert seen["comments"][0]["replies"][0]["parent"] == one


def test_a_reader_sees_a_name_and_a_website_and_no_address(
    database: Database, site: Site
) -> None:
    say(database, site, "one")

    (node,) = page(database, site)["comments"]

    assert set(node) == {"id", "parent", "author", "html", "created", "replies"}
    assert set(node["author"]) == {"name", "url"}
    assert node["author"]["url"] == "https://me.example"


@pytest.mark.parametrize(
    "status", [Status.PENDING, Status.HELD, Status.REJECTED, Status.DELETED]
)
def test_only_what_is_approved_is_shown(
    database: Database, site: Site, status: Status
) -> None:
    say(database, site, "shown")
    with database.write() as conn:
        hidden = a_comment(conn, site, "hidden").public_id
        if status is not Status.PENDING:
            decide(conn, status, hidden)

    seen = page(database, site)

    assert (seen["count"], outline(seen["comments"])) == (1, [("shown", [])])


def test_an_answer_outlives_what_it_answered(database: Database, site: Site) -> None:
    one = say(database, site, "one")
    say(database, site, "an answer", parent=one)

    change(database, Status.REJECTED, one)

    (node,) = page(database, site)["comments"]
    assert (node["html"], node["parent"]) == ("<p>an answer</p>", None)


def test_pages_follow_one_another_without_gaps(database: Database, site: Site) -> None:
    ids = [say(database, site, f"number {number}") for number in range(5)]
    say(database, site, "an answer", parent=ids[1])

    first = page(database, site, limit=2)
    second = page(database, site, limit=2, after=first["next"])
    last = page(database, site, limit=2, after=second["next"])

    shown = [node["id"] for each in (first, second, last) for node in each["comments"]]
    assert shown == ids
    assert [first["next"], second["next"], last["next"]] == [ids[1], ids[3], None]
    assert outline(first["comments"])[1] == ("number 1", [("an answer", [])])


def test_the_newest_may_come_first(database: Database, site: Site) -> None:
    ids = [say(database, site, f"number {number}") for number in range(3)]

    seen = page(database, site, newest_first=True, limit=2)

    assert [node["id"] for node in seen["comments"]] == [ids[2], ids[1]]


def test_behind_a_comment_that_is_gone_there_is_nothing(
    database: Database, site: Site
) -> None:
    say(database, site, "one")

    assert page(database, site, after="gone")["comments"] == []


def test_the_version_moves_with_what_is_visible_and_only_then(
    database: Database, site: Site
) -> None:
    def version() -> int:
        with database.read() as conn:
            head = threads.find(conn, site.id, identities(ARTICLE))
            assert head is not None
            return head.version

    shown = say(database, site, "shown")
    before = version()
    with database.write() as conn:
        quiet = a_comment(conn, site, "quiet").public_id
    assert version() == before
    for status in (Status.HELD, Status.REJECTED, Status.DELETED):
        change(database, status, quiet)
        assert version() == before

    change(database, Status.REJECTED, shown)

    assert version() == before + 1


def test_a_kept_page_is_never_an_old_one(database: Database, site: Site) -> None:
    pages = Pages()

    def read() -> int:
        with database.read() as conn:
            head = threads.find(conn, site.id, identities(ARTICLE))
            assert head is not None
            count: int = orjson.loads(pages.get(conn, head, View()))["count"]
            return count

    one = say(database, site, "one")
    assert read() == 1
    say(database, site, "two")
    assert read() == 2
    change(database, Status.DELETED, one)
    assert read() == 1


def test_counts_are_of_visible_comments_by_page(database: Database, site: Site) -> None:
    say(database, site, "one")
    say(database, site, "two")
    with database.write() as conn:
        a_comment(conn, site, "pending")
    with database.read() as conn:
        other = identities(f"{ARTICLE}/2")
        found = threads.counts(conn, site.id, [identities(ARTICLE), other])

    assert found == {identities(ARTICLE): 2}
