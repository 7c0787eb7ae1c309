"""What each term of a search means on the sites of the moderator who asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from sqlalchemy import ColumnElement, Connection, func, select

from moderation.finding_schema import cluster, description
from moderation.identity import Keyring, key_at, network_of
from moderation.schema import author, comment, decision, reviewable, scoring, thread
from moderation.search import words
from moderation.search.grammar import Key, Term, Unreadable
from moderation.search.moments import moment
from moderation.search.wanted import Source, Wanted
from moderation.search.words import Field
from moderation.submissions import page_identity
from moderation.vocabulary import ATTRIBUTES, Kind, Reason, Status

_ID = re.compile(r"[0-9a-f]{32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_SCORE = re.compile(r"([a-z_]+)\s*([<>])\s*(0?\.\d+|[01](?:\.0*)?)", re.IGNORECASE)
_SHORT = {"toxic": "TOXICITY", "severe": "SEVERE_TOXICITY", "hate": "IDENTITY_ATTACK"}
POLICY = "policy"


@dataclass(frozen=True)
class Asker:
    """Who searches, and what their words can refer to."""

    actor: str
    # Key and row key of each site that they may look at.
    sites: Mapping[str, int]
    # Actors by the names and addresses of the people who decide there.
    people: Mapping[str, str]
    keyring: Keyring
    now: datetime


def resolve(conn: Connection, terms: Sequence[Term], asker: Asker) -> Wanted:
    """Turn terms into what the stores can look for; Unreadable says what to type."""
    wanted = Wanted(site_ids=sorted(asker.sites.values()))
    for term in terms:
        _MEANINGS[term.key](conn, term, asker, wanted)
    return wanted


def _words(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    prefix = not term.quoted and term.value.endswith("*")
    wanted.words(words.words_of(term.value), negated=term.negated, prefix=prefix)


def _status(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    chosen = frozenset({Status(_one_of(term, list(Status)))})
    wanted.statuses &= frozenset(Status) - chosen if term.negated else chosen


def _site(_conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    site_id = asker.sites[_one_of(term, list(asker.sites))]
    wanted.site_ids = [
        each for each in wanted.site_ids if (each == site_id) != term.negated
    ]


def _thread(conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    value = term.value
    if _ID.fullmatch(value):
        found = thread.c.public_id == value
    else:
        address = value if "//" in value else f"//{value}"
        found = thread.c.identity.in_([page_identity(address), f"id:{value}"])
    ids = conn.execute(
        select(thread.c.id).where(found, thread.c.site_id.in_(asker.sites.values()))
    ).scalars()
    wanted.one_of({words.number(Field.THREAD, i) for i in ids}, negated=term.negated)


def _author(conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    if _ID.fullmatch(term.value):
        _authors(conn, author.c.public_id == term.value, term, asker, wanted)
        return
    prefix = not term.quoted and term.value.endswith("*")
    names = words.words_of(term.value)
    for place, name in enumerate(names, 1):
        wanted.words(
            [words.word(Field.NAME, name)],
            negated=term.negated,
            prefix=prefix and place == len(names),
        )


def _email(conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    user, at, domain = term.value.rpartition("@")
    if not at or "." not in domain:
        raise Unreadable("search.bad_email", key=term.key)
    if not user:
        wanted.one_of({words.word(Field.MAIL, domain)}, negated=term.negated)
        return
    identity = asker.keyring.author(email=term.value, name="")
    _authors(conn, author.c.identity == identity, term, asker, wanted)


def _authors(
    conn: Connection,
    condition: ColumnElement[bool],
    term: Term,
    asker: Asker,
    wanted: Wanted,
) -> None:
    # An identity is looked up site by site: that is how it is indexed.
    ids = conn.execute(
        select(author.c.id).where(
            condition, author.c.site_id.in_(sorted(asker.sites.values()))
        )
    ).scalars()
    wanted.one_of({words.number(Field.AUTHOR, i) for i in ids}, negated=term.negated)


def _ip(_conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    exact = network_of(term.value)
    if exact is not None:
        column, value = description.c.address, asker.keyring.address(term.value).hex()
    else:
        column, value = description.c.network, _network(term)
    condition = (
        select(description.c.comment_id)
        .where(description.c.comment_id == comment.c.id, column == value)
        .exists()
    )
    source = Source(description.c.comment_id, (column == value,), rank=1)
    wanted.where(condition, negated=term.negated, source=source)


def _network(term: Term) -> str:
    """The /24 or /48 that is kept of an address, as people write it."""
    try:
        network = ip_network(term.value, strict=False)
    except ValueError:
        raise Unreadable("search.bad_ip", key=term.key) from None
    if network.prefixlen != (24 if network.version == 4 else 48):
        raise Unreadable("search.bad_ip", key=term.key)
    return str(network)


def _link(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    host = words.host_of(term.value)
    if not host:
        raise Unreadable("search.bad_link", key=term.key)
    wanted.one_of({words.word(Field.LINK, host)}, negated=term.negated)


def _score(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    found = _SCORE.fullmatch(term.value)
    name = found[1].upper() if found else ""
    name = _SHORT.get(name.lower(), name)
    if found is None or name not in ATTRIBUTES:
        names = ", ".join(each.lower() for each in ATTRIBUTES)
        raise Unreadable("search.bad_score", names=names)
    limit, above = float(found[3]), found[2] == ">"
    latest = (
        select(scoring.c.scores[name].as_float())
        .where(
            scoring.c.comment_id == comment.c.id,
            scoring.c.revision == comment.c.revision,
        )
        .order_by(scoring.c.created_at.desc())
        .limit(1)
        .correlate(comment)
        .scalar_subquery()
    )
    condition = func.coalesce(latest > limit if above else latest < limit, False)
    wanted.where(condition, negated=term.negated, source=None)
    lowest = words.bucket_of(limit)
    if above and lowest and not term.negated:
        # The index knows roughly: the row is asked only about what it names.
        buckets = range(lowest, len(words.SCORE_EDGES) + 1)
        wanted.one_of({words.score(name, each) for each in buckets}, negated=False)


def _reason(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    reason = _one_of(term, list(Reason))
    latest = (
        select(decision.c.reason)
        .where(decision.c.comment_id == comment.c.id, decision.c.reason.is_not(None))
        .order_by(decision.c.id.desc())
        .limit(1)
        .correlate(comment)
        .scalar_subquery()
    )
    rejected = comment.c.status == Status.REJECTED.value
    given = (decision.c.reason == reason, decision.c.reason.is_not(None))
    source = Source(decision.c.comment_id, given, decision.c.site_id, rank=3)
    condition = rejected & func.coalesce(latest == reason, False)
    wanted.where(condition, negated=term.negated, source=source)


def _by(_conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    people = {"me": asker.actor, POLICY: POLICY, **asker.people}
    value = people[_one_of(term, list(people))]
    of_comment = select(decision.c.id).where(decision.c.comment_id == comment.c.id)
    if value == POLICY:
        by_policy = decision.c.rule.is_not(None)
        condition = of_comment.where(by_policy).exists()
        wanted.where(condition, negated=term.negated, source=None)
        return
    theirs = (decision.c.actor == value, decision.c.rule.is_(None))
    source = Source(decision.c.comment_id, theirs, rank=2)
    condition = of_comment.where(*theirs).exists()
    wanted.where(condition, negated=term.negated, source=source)


def _before(_conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    _between(term, asker, wanted, before=not term.negated)


def _after(_conn: Connection, term: Term, asker: Asker, wanted: Wanted) -> None:
    _between(term, asker, wanted, before=term.negated)


def _between(term: Term, asker: Asker, wanted: Wanted, *, before: bool) -> None:
    key = key_at(moment(term.value, asker.now))
    if before:
        wanted.end = key if wanted.end is None else min(key, wanted.end)
    else:
        wanted.begin = key if wanted.begin is None else max(key, wanted.begin)


def _lang(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    code = term.value.lower()
    if not _LANGUAGE.fullmatch(code):
        raise Unreadable("search.bad_language", key=term.key)
    wanted.one_of({words.word(Field.LANGUAGE, code)}, negated=term.negated)


def _lane(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    kind = _one_of(term, list(Kind))
    is_open = (reviewable.c.kind == kind, reviewable.c.resolved_at.is_(None))
    condition = (
        select(reviewable.c.id)
        .where(reviewable.c.comment_id == comment.c.id, *is_open)
        .exists()
    )
    source = Source(reviewable.c.comment_id, is_open, reviewable.c.site_id, rank=4)
    wanted.where(condition, negated=term.negated, source=source)


def _cluster(_conn: Connection, term: Term, _asker: Asker, wanted: Wanted) -> None:
    the_one = (
        select(cluster.c.id).where(cluster.c.public_id == term.value).scalar_subquery()
    )
    alike = (description.c.cluster_id.is_not(None), description.c.cluster_id == the_one)
    condition = (
        select(description.c.comment_id)
        .where(description.c.comment_id == comment.c.id, *alike)
        .exists()
    )
    source = Source(description.c.comment_id, alike, rank=0)
    wanted.where(condition, negated=term.negated, source=source)


def _one_of(term: Term, allowed: Sequence[str]) -> str:
    """The value as it is spelled, whatever its case; Unreadable lists what there is."""
    for each in allowed:
        if each.casefold() == term.value.casefold():
            return each
    raise Unreadable(
        "search.bad_value", key=term.key, value=term.value, values=", ".join(allowed)
    )


_MEANINGS: Mapping[Key | None, Callable[[Connection, Term, Asker, Wanted], None]] = {
    None: _words,
    Key.STATUS: _status,
    Key.SITE: _site,
    Key.THREAD: _thread,
    Key.AUTHOR: _author,
    Key.EMAIL: _email,
    Key.IP: _ip,
    Key.LINK: _link,
    Key.SCORE: _score,
    Key.REASON: _reason,
    Key.BY: _by,
    Key.BEFORE: _before,
    Key.AFTER: _after,
    Key.LANG: _lang,
    Key.LANE: _lane,
    Key.CLUSTER: _cluster,
}
