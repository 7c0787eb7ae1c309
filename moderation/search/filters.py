"""What a search asks of the rows themselves, because it may change or is no word."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_network

from sqlalchemy import Connection, func, select

from moderation.audit import actors
from moderation.enums import ATTRIBUTES, Kind, Reason, Status
from moderation.ip_addresses import network_of
from moderation.schema.accounts import membership, moderator
from moderation.schema.audit import decision
from moderation.schema.clusters import cluster
from moderation.schema.comments import comment, scoring
from moderation.schema.review import reviewable
from moderation.schema.search import comment_index
from moderation.search import terms
from moderation.search.query import Searcher, SearchQuery, Source
from moderation.search.query_language import Term, Unreadable

POLICY = "policy"
_SCORE = re.compile(r"([a-z_]+)\s*([<>])\s*(0?\.\d+|[01](?:\.0*)?)", re.IGNORECASE)
_SHORT = {"toxic": "TOXICITY", "severe": "SEVERE_TOXICITY", "hate": "IDENTITY_ATTACK"}


def ip(_conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery) -> None:
    """Sent from an address, or from its network."""
    exact = network_of(term.value)
    if exact is not None:
        column, value = comment_index.c.address, asker.keyring.address(term.value).hex()
    else:
        column, value = comment_index.c.network, _network(term)
    condition = (
        select(comment_index.c.comment_id)
        .where(comment_index.c.comment_id == comment.c.id, column == value)
        .exists()
    )
    source = Source(comment_index.c.comment_id, (column == value,), rank=1)
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


def score(_conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery) -> None:
    """A score over or under a limit."""
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
    lowest = terms.bucket_of(limit)
    if above and lowest and not term.negated:
        # The index knows roughly: the row is asked only about what it names.
        buckets = range(lowest, len(terms.SCORE_EDGES) + 1)
        wanted.one_of({terms.score(name, each) for each in buckets}, negated=False)


def reason(
    _conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery
) -> None:
    """Rejected, and why."""
    reason = term.one_of(list(Reason))
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


def by(conn: Connection, term: Term, asker: Searcher, wanted: SearchQuery) -> None:
    """Decided by somebody, at some time."""
    people = {
        "me": asker.actor,
        POLICY: POLICY,
        **_people(conn, list(asker.sites.values())),
    }
    value = people[term.one_of(list(people))]
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


def _people(conn: Connection, site_ids: Collection[int]) -> dict[str, str]:
    """Actors by the names and addresses of the people who decide on the sites."""
    rows = conn.execute(
        select(moderator.c.name, moderator.c.email, moderator.c.public_id)
        .join(membership, membership.c.moderator_id == moderator.c.id)
        .where(membership.c.site_id.in_(site_ids))
    )
    return {name: actors.of(public_id) for *names, public_id in rows for name in names}


def lane(_conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery) -> None:
    """Waiting in a lane."""
    kind = term.one_of(list(Kind))
    is_open = (reviewable.c.kind == kind, reviewable.c.resolved_at.is_(None))
    condition = (
        select(reviewable.c.id)
        .where(reviewable.c.comment_id == comment.c.id, *is_open)
        .exists()
    )
    source = Source(reviewable.c.comment_id, is_open, reviewable.c.site_id, rank=4)
    wanted.where(condition, negated=term.negated, source=source)


def alike(_conn: Connection, term: Term, _asker: Searcher, wanted: SearchQuery) -> None:
    """In a cluster."""
    the_one = (
        select(cluster.c.id).where(cluster.c.public_id == term.value).scalar_subquery()
    )
    alike = (
        comment_index.c.cluster_id.is_not(None),
        comment_index.c.cluster_id == the_one,
    )
    condition = (
        select(comment_index.c.comment_id)
        .where(comment_index.c.comment_id == comment.c.id, *alike)
        .exists()
    )
    source = Source(comment_index.c.comment_id, alike, rank=0)
    wanted.where(condition, negated=term.negated, source=source)
