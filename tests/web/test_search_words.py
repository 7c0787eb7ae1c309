"""The search box finds words, phrases and parts of sentences, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable

from moderation.comments.draft import Stored
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import CAREFUL, a_site
from tests.web.person import Person
from workers.index import describe
from workers.runtime import Runtime

Hold = Callable[..., Stored]
Find = Callable[[str], list[str]]


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
