"""What open desks are told, and what they are spared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moderation.comments.draft import Stored
from moderation.review import queue
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator, a_site
from tests.web.person import Person

Someone = Callable[[], Person]
Hold = Callable[..., Stored]


@pytest.fixture
def colleague(someone: Someone, database: Database, site: Site) -> Person:
    """Another one."""
    with database.write() as conn:
        other = a_moderator(conn, site)
    colleague = someone()
    colleague.sign_in(other)
    return colleague


def ask(person: Person, tag: str = "", **query: str) -> Any:
    """What a desk with these cards is told."""
    headers = {"If-None-Match": tag} if tag else {}
    return person.client.get("/review/live", query_string=query, headers=headers)


def test_nothing_is_told_twice(person: Person, hold: Hold) -> None:
    first = ask(person)
    tag = first.headers["ETag"]

    again = ask(person, tag)
    assert (again.status_code, again.data) == (304, b"")
    assert first.json["counts"]["held"] == 0

    hold()
    news = ask(person, tag)
    assert news.status_code == 200
    assert news.json["counts"]["held"] == 1
    assert news.headers["Cache-Control"] == "no-store"


def test_a_colleague_who_comes_and_what_they_decide_is_told(
    person: Person, colleague: Person, hold: Hold
) -> None:
    card = hold(name="Ann").public_id
    hold(name="Bob")
    shown = ",".join(person.cards())
    # The first card is the first one's: the colleague looks at the other.
    other = colleague.cards()[0]
    assert other != card

    told = ask(person, shown=shown).json
    assert list(told["held"]) == [other]
    assert told["held"][other].endswith("looks at this")
    assert told["present"].startswith("Also at work: Moderator")

    colleague.decide(other, "rejected:spam")
    told = ask(person, shown=shown).json
    assert list(told["gone"]) == [other]
    assert "rejected: Spam" in told["gone"][other]
    assert told["decided"] == 0
    assert ask(colleague).json["decided"] == 1


def test_new_cards_come_behind_the_last_one(person: Person, hold: Hold) -> None:
    first = hold(name="Ann").public_id
    person.cards()
    hold(name="Bob")

    told = ask(person, shown=first, new="cards", after=first).json
    assert "Bob" in told["cards"]
    assert "Ann" not in told["cards"]
    assert "Bob" not in str(ask(person, shown=first).json)


def test_in_other_orders_new_ones_are_only_counted(person: Person, hold: Hold) -> None:
    query = {"shown": hold().public_id, "new": "count", "order": "newest"}
    since = person.read("/review").split('data-since="')[1].split('"')[0]
    assert ask(person, since=since, **query).json["new"] == ""

    hold()

    told = ask(person, since=since, **query).json
    assert told["new"] == "1 new comment"
    assert told["cards"] == ""


@pytest.mark.parametrize(
    "query",
    [
        {"shown": ",".join("x" * 201)},
        {"shown": "x", "new": "count"},
        {"shown": "x", "new": "count", "since": "yesterday"},
        {"shown": "x", "new": "count", "since": "2026-01-01T00:00:00"},
    ],
)
def test_what_no_desk_asks_is_refused(
    person: Person, hold: Hold, query: dict[str, str]
) -> None:
    hold()

    assert ask(person, **query).status_code == 400


def test_nobody_hears_of_another_site(
    person: Person, someone: Someone, database: Database, hold: Hold
) -> None:
    with database.write() as conn:
        stranger = a_moderator(conn, a_site(conn))
    outsider = someone()
    outsider.sign_in(stranger)
    card = hold("A secret.").public_id
    tag = ask(outsider).headers["ETag"]
    token = outsider.read("/account").split('name="csrf_token" value="')[1]
    form = {"csrf_token": token.split('"')[0], "comment": card}
    taken = outsider.client.post(
        "/review/claims", data=form, headers={"Accept": "application/json"}
    )
    person.decide(card, "approved")

    assert taken.json == {"held": {}}
    assert ask(outsider, tag, shown=card).status_code == 304
    told = ask(outsider, shown=card, new="cards").json
    assert (told["gone"], told["held"], told["cards"]) == ({}, {}, "")
    assert sum(told["counts"].values()) == 0


def test_the_next_cards_come_without_the_page_around_them(
    person: Person, hold: Hold
) -> None:
    for number in range(queue.PAGE + 2):
        hold(name=f"Visitor {number}")
    more = person.read("/review").split('data-more="')[1].split('"')[0]

    rest = person.client.get(more).json

    assert rest["cards"].count("data-card=") == 2
    assert "<html" not in rest["cards"]
    assert rest["next"] == ""
