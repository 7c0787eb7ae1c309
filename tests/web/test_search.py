"""The search box finds comments by where they came from and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.ids import key_at, made_at, new_key
from moderation.schema.comments import author, comment, scoring
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, CAREFUL, a_moderator, a_site
from tests.web.person import Person

Hold = Callable[..., Stored]
Find = Callable[[str], list[str]]


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


def test_keys_say_when_they_were_made() -> None:
    key = new_key()

    assert abs(datetime.now(UTC) - made_at(key)) < timedelta(seconds=5)
    assert key_at(made_at(key)) <= key < key_at(made_at(key) + timedelta(seconds=1))
