"""The search box finds what it says, on the sites of whoever asks, and explains itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from moderation.comments import Stored
from moderation.db import Database
from moderation.dispatch import Bell
from moderation.identity import key_at, made_at, new_key
from moderation.moderators import Moderator
from moderation.schema import author, comment, journal, scoring
from moderation.search import finding
from moderation.settings import Settings
from moderation.sites import Site
from tests.factories import ARTICLE, CAREFUL, a_moderator, a_site
from tests.fakes import FixedScorer
from tests.web.person import Person
from workers.describe import describe
from workers.runtime import Runtime

Hold = Callable[..., Stored]
Find = Callable[[str], list[str]]


@pytest.fixture
def runtime(settings: Settings, database: Database) -> Runtime:
    return Runtime(settings, database, Bell.at(settings.redis_url), FixedScorer())


@pytest.fixture
def person(someone: Callable[[], Person], moderator: Moderator) -> Person:
    person = someone()
    person.sign_in(moderator)
    return person


@pytest.fixture
def find(person: Person, runtime: Runtime) -> Find:
    """The ids of the cards that a search shows, newest first."""

    def search(query: str) -> list[str]:
        describe(runtime)
        answer = person.client.get("/review/search", query_string={"q": query})
        assert answer.status_code == 200, problem(answer.text)
        return re.findall(r'id="card-(\w+)"', answer.text)

    return search


def problem(page: str) -> str:
    found = re.search(r'id="search-problem">([^<]*)<', page)
    return found[1] if found else ""


def test_words_are_found_whatever_their_case_and_accents(
    hold: Hold, find: Find
) -> None:
    cafe = hold("The Café by the harbour is closed.").public_id
    ferry = hold("Ferries leave from another pier.").public_id

    assert find("cafe") == [cafe]
    assert find("HARBOUR café") == [cafe]
    assert find("ferr*") == [ferry]
    assert find("ferr") == []
    assert find("pier -ferries") == []
    assert find("-cafe") == [ferry]
    assert find("") == [ferry, cafe]


def test_phrases_are_words_that_follow_one_another(hold: Hold, find: Find) -> None:
    first = hold("Over the new bridge we went.").public_id
    hold("A bridge that is not new at all.")

    assert find('"new bridge"') == [first]
    assert len(find("new bridge")) == 2
    assert find("new-bridge") == [first]


def test_languages_without_blanks_are_found_by_parts_of_a_sentence(
    hold: Hold, find: Find
) -> None:
    chinese = hold("这是一个很好的文章，谢谢作者。").public_id
    japanese = hold("これはとてもいい記事ですね。").public_id

    assert find("文章") == [chinese]
    assert find("記事") == [japanese]
    assert find("章文") == []


def test_a_comment_is_found_by_its_author(
    hold: Hold, find: Find, database: Database
) -> None:
    jane = hold(name="Jane Doe", email="Jane@example.org").public_id
    hold(name="John Smith", email="john@example.net")
    with database.read() as conn:
        author_id = conn.execute(
            select(author.c.public_id).where(author.c.name == "Jane Doe")
        ).scalar_one()

    assert find("author:jane") == [jane]
    assert find('author:"jane doe"') == [jane]
    assert find(f"author:{author_id}") == [jane]
    assert find("email:jane@EXAMPLE.org") == [jane]
    assert find("email:@example.org") == [jane]
    assert find("email:nobody@example.org") == []
    assert find("author:smith -email:john@example.net") == []


def test_a_comment_is_found_by_where_it_came_from_until_that_is_forgotten(
    hold: Hold, find: Find
) -> None:
    first = hold(address="192.0.2.7").public_id
    second = hold(address="192.0.2.99").public_id
    third = hold(address="2001:db8:1:2::3").public_id

    assert find("ip:192.0.2.7") == [first]
    assert find("ip:192.0.2.0/24") == [second, first]
    assert find("ip:2001:db8:1::/48") == [third]
    assert find("-ip:192.0.2.0/24") == [third]


def test_a_comment_is_found_by_what_it_links_to(hold: Hold, find: Find) -> None:
    first = hold("Look at https://shop.example.org/watches today.").public_id
    second = hold("Nothing to see.", url="http://www.example.org/").public_id

    assert find("link:example.org") == [second, first]
    assert find("link:https://shop.example.org/") == [first]
    assert find("link:watches.example") == []


def test_a_comment_is_found_by_its_article(hold: Hold, find: Find) -> None:
    first = hold(thread_url=ARTICLE).public_id
    second = hold(thread_url=f"{ARTICLE}/other").public_id

    assert find(f"thread:{ARTICLE}?utm_source=x") == [first]
    assert find(f"-thread:{ARTICLE}") == [second]
    assert find("thread:https://news.example.org/nothing") == []


def test_a_comment_is_found_by_its_language(hold: Hold, find: Find) -> None:
    german = hold("Das ist wirklich ein sehr schöner Artikel gewesen.").public_id
    hold("That really was a very nice article, I think.")

    assert find("lang:de") == [german]
    assert german not in find("-lang:de")


def test_a_comment_is_found_by_its_scores(
    hold: Hold, find: Find, database: Database
) -> None:
    ids = [hold().public_id for _ in range(3)]
    with database.write() as conn:
        for public_id, score in zip(ids, (0.05, 0.82, 0.97), strict=True):
            row = select(comment.c.id).where(comment.c.public_id == public_id)
            conn.execute(
                update(scoring)
                .where(scoring.c.comment_id == row.scalar_subquery())
                .values(scores={"SPAM": score, "TOXICITY": 1 - score})
            )

    low, middle, high = ids
    assert find("score:spam>0.8") == [high, middle]
    assert find("score:spam>0.85") == [high]
    assert find("score:spam<0.1") == [low]
    assert find("-score:spam>0.8") == [low]
    assert find("score:toxic>.9") == [low]


def test_a_comment_is_found_by_what_became_of_it(
    hold: Hold, find: Find, person: Person, moderator: Moderator
) -> None:
    rejected, approved, held = (hold().public_id for _ in range(3))
    person.decide(rejected, "rejected:hate")
    person.decide(approved, "approved")

    assert find("status:held") == [held]
    assert find("status:rejected") == [rejected]
    assert find("-status:held") == [approved, rejected]
    assert find("reason:hate") == [rejected]
    assert find("-reason:hate") == [held, approved]
    assert find("by:me") == [approved, rejected]
    assert find(f'by:"{moderator.name}" reason:hate') == [rejected]
    assert find(f"by:{moderator.email} status:approved") == [approved]
    assert find("by:policy") == [held, approved, rejected]
    assert find("lane:held") == [held]
    assert find("lane:reported") == []
    assert find("walked reason:hate") == [rejected]


def test_a_comment_is_found_by_when_it_came(
    hold: Hold, find: Find, now: datetime
) -> None:
    only = hold().public_id
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()

    assert find("after:1h") == [only]
    assert find("before:1h") == []
    assert find(f"before:{tomorrow}") == [only]
    assert find(f"after:{tomorrow}") == []
    assert find(f"walked before:{tomorrow} after:{now.year}") == [only]


def test_another_site_does_not_exist(
    hold: Hold, find: Find, database: Database, site: Site
) -> None:
    with database.write() as conn:
        other = a_site(conn, key="other", settings=CAREFUL)
        a_moderator(conn, other, email="stranger@example.org")
    theirs = hold("The harbour of our neighbours.", to=other, address="198.51.100.1")
    mine = hold("The harbour of our own.").public_id

    for query in ("harbour", "", "status:held", "lane:held", "ip:198.51.100.1", "-x"):
        assert theirs.public_id not in find(query), query
    assert find(f"site:{site.key} harbour") == [mine]


def test_a_text_cannot_bring_words_of_the_index_with_it(
    hold: Hold, find: Find, database: Database, site: Site
) -> None:
    with database.write() as conn:
        other = a_site(conn, key="other", settings=CAREFUL)
    hold(f"\ue000{site.id:x} \ue001{site.id:x} harbour", to=other)

    assert find("harbour") == []


def test_pages_go_on_where_the_last_one_ended(
    hold: Hold, person: Person, runtime: Runtime
) -> None:
    ids = [hold().public_id for _ in range(20)]
    describe(runtime)

    for query in ("walked", "status:held", "lane:held"):
        first = person.client.get("/review/search", query_string={"q": query}).text
        more = re.search(r'href="(/review/search\?[^"]*after=[^"]*)"', first)
        assert more, query
        second = person.read(more[1].replace("&amp;", "&"))
        shown = [*re.findall(r'id="card-(\w+)"', first)]
        shown += re.findall(r'id="card-(\w+)"', second)
        assert shown == ids[::-1], query
        assert "after=" not in second.partition("data-pages>")[2]


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
    monkeypatch.setattr(finding, "_FIRST", 2)
    monkeypatch.setattr(finding, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("moderation.review.PAGE", 2)

    path, seen = "/review/search?q=-lane:held", []
    for _ in range(4):
        page = person.client.get(path).text
        seen += re.findall(r'id="card-(\w+)"', page)
        more = re.search(r'href="(/review/search\?[^"]*after=[^"]*)"', page)
        if more is None:
            break
        path = more[1].replace("&amp;", "&")
    assert seen == [oldest]


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


def test_keys_say_when_they_were_made() -> None:
    key = new_key()

    assert abs(datetime.now(UTC) - made_at(key)) < timedelta(seconds=5)
    assert key_at(made_at(key)) <= key < key_at(made_at(key) + timedelta(seconds=1))


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
