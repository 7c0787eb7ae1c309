"""A search that is a mistake, takes too long or means harm: an answer, and no trace."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from moderation.comments.draft import Stored
from moderation.schema.audit import journal
from moderation.search import engine
from moderation.storage.database import Database
from moderation.web.desk import search
from tests.web.person import Person
from tests.web.seeking import problem
from workers.index import describe
from workers.runtime import Runtime

Hold = Callable[..., Stored]


def test_a_search_whose_time_is_up_says_so_and_goes_on(
    hold: Hold,
    person: Person,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    oldest = hold("The one with hate in it.").public_id
    for _ in range(4):
        hold()
    describe(runtime)
    person.decide(oldest, "rejected:hate")
    monkeypatch.setattr(engine, "_FIRST", 2)
    monkeypatch.setattr(search, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("moderation.review.queue.PAGE", 2)

    path, seen = "/review/search?q=-lane:held", []
    for _ in range(4):
        page = person.client.get(path).text
        seen.append(re.findall(r'id="card-(\w+)"', page))
        more = re.search(r'href="(/review/search\?[^"]*after=[^"]*)"', page)
        if more is None:
            break
        path = more[1].replace("&amp;", "&")
    assert seen == [[], [], [oldest]]


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("statsu:held", "status:"),
        ("status:", "something must follow"),
        ("status:open", "pending, approved, held, rejected, deleted"),
        ('"open', "quotation mark"),
        ("email:jane", "reader@example.org"),
        ("ip:somewhere", "192.0.2.0/24"),
        ("ip:10.0.0.0/8", "192.0.2.0/24"),
        ("score:spam", "score:spam&gt;0.8"),
        ("score:nice>0.5", "identity_attack"),
        ("before:yesterday", "2026-11-22"),
        ("lang:german", "en or de"),
        ("site:elsewhere", "news"),
        ("by:nobody", "policy"),
        ("x" * 501, "500"),
        ("a " * 21, "20"),
    ],
)
def test_a_mistake_is_explained(person: Person, query: str, said: str) -> None:
    answer = person.client.get("/review/search", query_string={"q": query})

    assert answer.status_code == 400
    assert said in problem(answer.text)


def test_what_somebody_looked_for_is_in_no_journal(
    hold: Hold, person: Person, database: Database
) -> None:
    held = hold(email="jane@example.org").public_id
    page = "/review/search?q=email%3Ajane%40example.org"
    form = {"choice": "approved", "revision": "1", "seen": "held"}
    found = re.search(r'name="csrf_token" value="([^"]+)"', person.read("/review"))
    assert found
    answer = person.client.post(
        f"/review/{held}",
        data=form | {"csrf_token": found[1]},
        headers={"Referer": f"http://localhost{page}"},
    )

    assert answer.status_code == 303
    with database.read() as conn:
        details = conn.execute(
            select(journal.c.detail).order_by(journal.c.id.desc()).limit(1)
        ).scalar_one()
    assert details == {"view": "/review/search"}


@pytest.mark.parametrize(
    "query",
    [
        "thread://[x",
        "thread:https://a:99999999/",
        "thread:\0",
        "link://[x",
        "author:\0 cluster:\0",
        'by:"\0"',
        "ip:\0",
        "email:\0@a.b",
        "'; DROP TABLE comment --",
        '"a OR b" NOT near("x y") *',
        "\ue000abc ' \\ & | ! <->",
        "author:' author:*",
        "*",
        "-",
        "😀",
        "before:0001 after:9999-12-31",
        "after:9999w",
    ],
)
def test_no_search_fails_whatever_it_says(
    hold: Hold, person: Person, runtime: Runtime, query: str
) -> None:
    hold()
    describe(runtime)

    for sign in ("", "-"):
        answer = person.client.get("/review/search", query_string={"q": sign + query})
        assert answer.status_code in (200, 400), query


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_search_whose_time_is_up_below_the_first_comment_has_nothing_more(
    hold: Hold,
    person: Person,
    runtime: Runtime,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hold("Berta was here.", name="Berta")
    describe(runtime)
    with database.write() as conn:
        # Left in the index by a comment that is gone.
        conn.execute(
            text(
                "INSERT INTO comment_words (rowid, words)"
                " SELECT 1, words FROM comment_words LIMIT 1"
            )
        )
    monkeypatch.setattr(engine, "_FIRST", 2)
    monkeypatch.setattr("moderation.review.queue.PAGE", 2)
    monkeypatch.setattr(search, "PATIENCE_SECONDS", 0)

    page = person.read("/review/search?q=berta")

    assert page.count('data-card="') == 1
    assert "after=" not in page
