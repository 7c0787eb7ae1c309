"""The grammar of the search box: words, "phrases", ``key:value``, and ``-`` for not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

QUERY_MAX = 500
TERMS_MAX = 20


class Key(StrEnum):
    """What can stand before a colon."""

    STATUS = "status"  # where the comment stands
    SITE = "site"  # the key of a site
    THREAD = "thread"  # the address of an article, or the id of its thread
    AUTHOR = "author"  # a name, or the id of an author
    EMAIL = "email"  # an address, or @ and a mail domain
    IP = "ip"  # an address, or a network as 192.0.2.0/24
    LINK = "link"  # a host that the text or the author's address links to
    SCORE = "score"  # an attribute, < or >, and a number
    REASON = "reason"  # why it was rejected
    BY = "by"  # who decided: me, policy, a name or an e-mail address
    BEFORE = "before"  # a day, or a moment
    AFTER = "after"
    LANG = "lang"  # ISO 639-1
    LANE = "lane"  # the lane that it waits in
    CLUSTER = "cluster"  # the id of a cluster


class Unreadable(ValueError):
    """What was typed means nothing; `code` and `facts` say what to type instead."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Term:
    """One thing that is asked for; without a key it is words."""

    key: Key | None
    value: str
    negated: bool = False
    quoted: bool = False

    def one_of(self, allowed: Sequence[str]) -> str:
        """The value as it is spelled, whatever its case; Unreadable says what there is."""
        for each in allowed:
            if each.casefold() == self.value.casefold():
                return each
        values = ", ".join(allowed)
        raise Unreadable(
            "search.bad_value", key=self.key, value=self.value, values=values
        )


_SCHEMES = frozenset({"http", "https", "mailto"})
_TERM = re.compile(
    r"""
    \s*
    (?P<minus>-?)
    (?: (?P<key>[A-Za-z]+) : )?
    (?: "(?P<phrase>[^"]*)(?P<end>"?) | (?P<plain>[^\s"]+) )
    """,
    re.VERBOSE,
)


def parse(text: str) -> list[Term]:
    """What a search asks for, all of which must hold; Unreadable where it makes no sense.

    ``https://…`` and ``10:30`` are words. So is anything in quotes.
    """
    if len(text) > QUERY_MAX:
        raise Unreadable("search.too_long", limit=QUERY_MAX)
    # PostgreSQL takes no NUL, and no comment has one to be found by.
    text = text.replace("\0", " ")
    terms: list[Term] = []
    place = 0
    while found := _TERM.match(text, place):
        place = found.end()
        if found["phrase"] is not None and not found["end"]:
            raise Unreadable("search.open_quote")
        terms.append(_term(found))
    if len(terms) > TERMS_MAX:
        raise Unreadable("search.too_many", limit=TERMS_MAX)
    return terms


def _term(found: re.Match[str]) -> Term:
    negated, quoted = bool(found["minus"]), found["phrase"] is not None
    value = (found["phrase"] if quoted else found["plain"]) or ""
    name = (found["key"] or "").lower()
    if not quoted and not name and value.endswith(":"):
        name, value = value[:-1].lower(), ""
    if name in set(Key):
        if not value.strip():
            raise Unreadable("search.no_value", key=name)
        return Term(Key(name), value.strip(), negated, quoted)
    if name and name not in _SCHEMES and name.isalpha():
        near = difflib.get_close_matches(name, list(Key), n=1, cutoff=0)
        raise Unreadable("search.no_key", key=name, near=near[0])
    return Term(None, f"{name}:{value}" if name else value, negated, quoted)
