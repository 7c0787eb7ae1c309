"""What each term of a search means on the sites of the moderator who asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, select

from moderation.comments import page_threads
from moderation.comments.page_threads import Names
from moderation.enums import Status
from moderation.ids import key_at
from moderation.schema.comments import author, thread
from moderation.search import filters
from moderation.search import terms as search_terms
from moderation.search.dates import moment
from moderation.search.query import Searcher, SearchQuery
from moderation.search.query_language import Key, Term, Unreadable
from moderation.search.terms import Field
from moderation.sites.page_addresses import PageRules, identities
from moderation.sites.site import by_id

_ID = re.compile(r"[0-9a-f]{32}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def resolve(conn: Connection, terms: Sequence[Term], asker: Searcher) -> SearchQuery:
    """Turn terms into what the stores can look for; Unreadable says what to type."""
    wanted = SearchQuery(site_ids=sorted(asker.sites.values()))
    for term in terms:
        _MEANINGS[term.key](conn, term, asker, wanted)
    return wanted


def _words(
    _conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery
) -> None:
    prefix = not term.quoted and term.value.endswith("*")
    wanted.words(search_terms.words_of(term.value), negated=term.negated, prefix=prefix)


def _status(
    _conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery
) -> None:
    chosen = frozenset({Status(term.one_of(list(Status)))})
    wanted.statuses &= frozenset(Status) - chosen if term.negated else chosen


def _site(_conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery) -> None:
    site_id = asker.sites[term.one_of(list(asker.sites))]
    wanted.site_ids = [
        each for each in wanted.site_ids if (each == site_id) != term.negated
    ]


def _thread(conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery) -> None:
    value = term.value
    if _ID.fullmatch(value):
        found = select(thread.c.id).where(
            thread.c.public_id == value, thread.c.site_id.in_(asker.sites.values())
        )
        ids = set(conn.execute(found).scalars())
    else:
        ids = set()
        for site_id, site in by_id(conn, sorted(asker.sites.values())).items():
            pages = [_page(value, site.page_rules), (f"id:{value}",)]
            ids |= set(page_threads.look_up(conn, site_id, pages).values())
    wanted.one_of(
        {search_terms.number(Field.THREAD, i) for i in ids}, negated=term.negated
    )


def _page(address: str, rules: PageRules) -> Names:
    """What the article is known by; itself where it is no address."""
    try:
        return identities(address if "//" in address else f"//{address}", rules)
    except ValueError:
        return (address,)


def _author(conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery) -> None:
    if _ID.fullmatch(term.value):
        _authors(conn, author.c.public_id == term.value, term, asker, wanted)
        return
    prefix = not term.quoted and term.value.endswith("*")
    names = search_terms.words_of(term.value)
    for place, name in enumerate(names, 1):
        wanted.words(
            [search_terms.word(Field.NAME, name)],
            negated=term.negated,
            prefix=prefix and place == len(names),
        )


def _email(conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery) -> None:
    user, at, domain = term.value.rpartition("@")
    if not at or "." not in domain:
        raise Unreadable("search.bad_email", key=term.key)
    if not user:
        wanted.one_of({search_terms.word(Field.MAIL, domain)}, negated=term.negated)
        return
    identity = asker.keyring.author(email=term.value, name="")
    _authors(conn, author.c.identity == identity, term, asker, wanted)


def _authors(
    conn: Connection,
    condition: ColumnElement[bool],
    term: Term,
    asker: Searcher,
    wanted: SearchQuery,
) -> None:
    # An identity is looked up site by site: that is how it is indexed.
    ids = conn.execute(
        select(author.c.id).where(
            condition, author.c.site_id.in_(sorted(asker.sites.values()))
        )
    ).scalars()
    wanted.one_of(
        {search_terms.number(Field.AUTHOR, i) for i in ids}, negated=term.negated
    )


def _link(_conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery) -> None:
    host = search_terms.host_of(term.value)
    if not host:
        raise Unreadable("search.bad_link", key=term.key)
    wanted.one_of({search_terms.word(Field.LINK, host)}, negated=term.negated)


def _before(
    _conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery
) -> None:
    _between(term, asker, wanted, before=not term.negated)


def _after(_conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery) -> None:
    _between(term, asker, wanted, before=term.negated)


def _between(term: Term, asker: Searcher, wanted: SearchQuery, *, before: bool) -> None:
    key = key_at(moment(term.value, asker.now))
    if before:
        wanted.end = key if wanted.end is None else min(key, wanted.end)
    else:
        wanted.begin = key if wanted.begin is None else max(key, wanted.begin)


def _lang(_conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery) -> None:
    code = term.value.lower()
    if not _LANGUAGE.fullmatch(code):
        raise Unreadable("search.bad_language", key=term.key)
    wanted.one_of({search_terms.word(Field.LANGUAGE, code)}, negated=term.negated)


_MEANINGS: Mapping[
    Key | None, Callable[[Connection, Term, Searcher, SearchQuery], None]
] = {
    None: _words,
    Key.STATUS: _status,
    Key.SITE: _site,
    Key.THREAD: _thread,
    Key.AUTHOR: _author,
    Key.EMAIL: _email,
    Key.IP: filters.ip,
    Key.LINK: _link,
    Key.SCORE: filters.score,
    Key.REASON: filters.reason,
    Key.BY: filters.by,
    Key.BEFORE: _before,
    Key.AFTER: _after,
    Key.LANG: _lang,
    Key.LANE: filters.lane,
    Key.CLUSTER: filters.alike,
}
