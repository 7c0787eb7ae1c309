"""The grammar and the words of the index, whatever people type."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.i18n import message
from moderation.search import query_language
from moderation.search import terms as search_terms
from moderation.search.dates import moment
from moderation.search.query_language import Key, Term, Unreadable
from moderation.search.terms import Field

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def fts() -> Iterator[sqlite3.Connection]:
    conn = sqlite3.connect(":memory:")
    conn.execute(
        "CREATE VIRTUAL TABLE it USING"
        " fts5(words, tokenize='unicode61 remove_diacritics 0')"
    )
    yield conn
    conn.close()


@given(st.text())
def test_any_text_is_read_or_explained(text: str) -> None:
    try:
        terms = query_language.parse(text)
    except Unreadable as mistake:
        code = mistake.code
        terms = []
    else:
        code = "search.title"
    assert message(code, **dict.fromkeys(("key", "near", "limit"), "x"))
    assert len(terms) <= query_language.TERMS_MAX
    assert all(term.key is None or term.value for term in terms)


@given(st.sampled_from(list(Key)), st.text(alphabet="ab:-/.@<>0 ", min_size=1))
def test_a_key_takes_what_stands_in_quotes_as_it_is(key: Key, value: str) -> None:
    if value.strip():
        assert query_language.parse(f'-{key}:"{value}"') == [
            Term(key, value.strip(), negated=True, quoted=True)
        ]


def test_addresses_and_times_are_words() -> None:
    assert [
        term.value for term in query_language.parse("https://example.org 10:30")
    ] == [
        "https://example.org",
        "10:30",
    ]


@given(st.text())
def test_no_text_brings_a_word_that_only_we_may_write(text: str) -> None:
    private = {*Field, search_terms.BREAK}
    assert not any(word[0] in private for word in search_terms.words_of(text))


@given(st.text(min_size=1))
def test_the_index_takes_words_as_they_were_prepared(
    fts: sqlite3.Connection, text: str
) -> None:
    found = [*search_terms.words_of(text), search_terms.word(Field.LINK, text)]
    fts.execute("DELETE FROM it")
    fts.execute("INSERT INTO it VALUES (?)", [search_terms.sqlite_text(found)])
    for word in found:
        hits = fts.execute("SELECT 1 FROM it WHERE it MATCH ?", [f'"{word}"'])
        assert hits.fetchall(), word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Straße ÉTÉ", ["strasse", "ete"]),
        ("st\u00adop s\u200bpam", ["stop", "spam"]),
        ("한국어", ["한", "국", "어"]),
        ("good_bye x-ray", ["good", "bye", "x", "ray"]),
        ("¡ñandú!", ["nandu"]),
        ("２０２６", ["2026"]),
    ],
)
def test_words_lose_what_nobody_types(text: str, found: list[str]) -> None:
    assert search_terms.words_of(text) == found


def test_hosts_are_found_by_the_domains_above_them() -> None:
    assert list(search_terms.hosts("A.b.example.org")) == [
        "a.b.example.org",
        "b.example.org",
        "example.org",
    ]
    assert list(search_terms.hosts("localhost")) == ["localhost"]
    assert search_terms.links_of("see www.example.org/x, http://[broken", "") == {
        "example.org"
    }


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T10:30", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
        ("3d", datetime(2026, 11, 19, 12, tzinfo=UTC)),
        ("2W", datetime(2026, 11, 8, 12, tzinfo=UTC)),
    ],
)
def test_moments_are_read(text: str, at: datetime) -> None:
    assert moment(text, NOW) == at


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "9999999w", "3x", "-1d"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match=r"search\.bad_moment"):
        moment(text, NOW)
