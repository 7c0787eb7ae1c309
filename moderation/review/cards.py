"""The cards of the review queue: all that a person needs to decide on a comment.

A page of them takes two statements, however much there is to tell: to PostgreSQL each
statement is a message, and most take longer to prepare here than to answer there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    bindparam,
    exists,
    select,
)

from moderation.enums import Kind, Status
from moderation.errors import NotFound
from moderation.schema.accounts import moderator
from moderation.schema.audit import decision, journal
from moderation.schema.authors import note
from moderation.schema.clusters import cluster
from moderation.schema.comments import (
    IS_CURRENT,
    author,
    comment,
    revision,
    scoring,
    thread,
)
from moderation.schema.feedback import appeal, report
from moderation.schema.review import reviewable
from moderation.schema.search import comment_index
from moderation.schema.sites import site
from moderation.storage.bulk import among_ids

# The latest scores of what the comment says now.
_SCORES = (
    select(scoring.c.scores)
    .where(
        scoring.c.comment_id == comment.c.id,
        scoring.c.revision == comment.c.revision,
    )
    .order_by(scoring.c.created_at.desc())
    .limit(1)
    .scalar_subquery()
)
# What the policy held against the comment, the latest time that still counts.
_FACTS = (
    select(decision.c.facts)
    .join(journal, journal.c.id == decision.c.journal_id)
    .where(
        decision.c.comment_id == comment.c.id,
        decision.c.rule.is_not(None),
        journal.c.undone_by.is_(None),
    )
    .order_by(decision.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_TIMES_SEEN = (
    select(scoring.c.times_seen)
    .where(
        scoring.c.comment_id == comment.c.id,
        scoring.c.revision == comment.c.revision,
    )
    .order_by(scoring.c.created_at.desc())
    .limit(1)
    .scalar_subquery()
)
_HAS_REPORTS = exists().where(report.c.comment_id == comment.c.id)
_HAS_APPEAL = exists().where(appeal.c.comment_id == comment.c.id)
_HAS_NOTES = exists().where(
    # By way of the author, for whom there is an index.
    note.c.author_id == comment.c.author_id,
    note.c.comment_id == comment.c.id,
    note.c.removed_at.is_(None),
)


@dataclass(frozen=True)
class Parent:
    """The comment that was answered."""

    name: str
    text: str


@dataclass(frozen=True)
class Waits:
    """A lane that the comment waits in, and who is looking at it there."""

    kind: Kind
    opened_at: datetime
    claimed_by: str | None
    claimant: str | None
    claimed_until: datetime | None


@dataclass(frozen=True)
class Card:
    """All that a moderator needs to decide on one comment."""

    # The row's key: it stays inside.
    row_id: int
    id: str
    status: Status
    revision: int
    created_at: datetime
    site_id: int
    site_key: str
    site_name: str
    thread_title: str
    thread_url: str
    text: str
    name: str
    email: str
    url: str
    user_agent: str
    seconds_on_form: float | None
    website_offered: bool | None
    # As it was when the comment was scored.
    times_seen: int | None
    author_id: str
    author_approved: int
    author_rejected: int
    author_first_seen: datetime
    author_trusted: bool
    author_banned: bool
    author_banned_until: datetime | None
    # Few comments have any: they are read only where there are some.
    has_reports: bool
    has_appeal: bool
    has_notes: bool
    parent: Parent | None
    waits: tuple[Waits, ...]
    scores: Mapping[str, float]
    hits: tuple[Mapping[str, object], ...]
    described: IndexedFacts


def of(conn: Connection, comment_ids: Sequence[int]) -> list[Card]:
    """The cards of comments, by their row keys and in their order."""
    if not comment_ids:
        return []
    read = _read(conn, _chosen(conn.dialect.name), {"ids": list(comment_ids)})
    found = {card.row_id: card for card in read}
    return [found[each] for each in comment_ids if each in found]


def find(conn: Connection, public_id: str, site_ids: Collection[int]) -> Card:
    """The card of one comment; NotFound unless it is of one of the sites."""
    found = _read(conn, _named(), {"public_id": public_id, "sites": list(site_ids)})
    if not found:
        raise NotFound("comment")
    return found[0]


def _cards() -> Select[Any]:
    parent = comment.alias("parent")
    parent_revision = revision.alias("parent_revision")
    return (
        select(
            comment.c.public_id.label("id"),
            comment.c.status,
            comment.c.revision,
            comment.c.created_at,
            comment.c.site_id,
            site.c.key.label("site_key"),
            site.c.name.label("site_name"),
            thread.c.title.label("thread_title"),
            thread.c.url.label("thread_url"),
            revision.c.text,
            revision.c.name,
            revision.c.email,
            revision.c.url,
            revision.c.user_agent,
            revision.c.seconds_on_form,
            revision.c.website_offered,
            author.c.public_id.label("author_id"),
            author.c.approved.label("author_approved"),
            author.c.rejected.label("author_rejected"),
            author.c.first_seen.label("author_first_seen"),
            author.c.trusted.label("author_trusted"),
            author.c.banned.label("author_banned"),
            author.c.banned_until.label("author_banned_until"),
            comment.c.id.label("row_id"),
            parent_revision.c.name.label("parent_name"),
            parent_revision.c.text.label("parent_text"),
            comment_index.c.language,
            comment_index.c.cluster_id,
            cluster.c.public_id.label("cluster_public_id"),
            _SCORES.label("scores"),
            _TIMES_SEEN.label("times_seen"),
            _FACTS.label("facts"),
            _HAS_REPORTS.label("has_reports"),
            _HAS_APPEAL.label("has_appeal"),
            _HAS_NOTES.label("has_notes"),
        )
        .join(revision, IS_CURRENT)
        .join(author, author.c.id == comment.c.author_id)
        .join(thread, thread.c.id == comment.c.thread_id)
        .join(site, site.c.id == comment.c.site_id)
        .outerjoin(parent, parent.c.id == comment.c.parent_id)
        .outerjoin(
            parent_revision,
            (parent_revision.c.comment_id == parent.c.id)
            & (parent_revision.c.number == parent.c.revision),
        )
        .outerjoin(comment_index, comment_index.c.comment_id == comment.c.id)
        .outerjoin(cluster, cluster.c.id == comment_index.c.cluster_id)
    )


@lru_cache
def _chosen(dialect: str) -> Select[Any]:
    return _cards().where(among_ids(dialect, comment.c.id))


@lru_cache
def _named() -> Select[Any]:
    return _cards().where(
        comment.c.public_id == bindparam("public_id"),
        comment.c.site_id.in_(bindparam("sites", expanding=True)),
    )


def _read(
    conn: Connection, statement: Select[Any], asked: Mapping[str, object]
) -> list[Card]:
    rows = conn.execute(statement, asked).mappings().all()
    waits = _waits(conn, [row["row_id"] for row in rows])
    return [_card(row, tuple(waits.get(row["row_id"], ()))) for row in rows]


def _card(row: RowMapping, waits: tuple[Waits, ...]) -> Card:
    values = dict(row)
    name, text = values.pop("parent_name"), values.pop("parent_text")
    facts = values.pop("facts") or {}
    described = IndexedFacts(
        values["row_id"],
        values.pop("language") or "",
        values.pop("cluster_id"),
        values.pop("cluster_public_id"),
    )
    return Card(
        status=Status(values.pop("status")),
        scores=values.pop("scores") or {},
        hits=tuple(facts.get("hits", ())),
        parent=Parent(name, text) if name is not None else None,
        waits=waits,
        described=described,
        **values,
    )


def _waits(conn: Connection, ids: Sequence[int]) -> dict[int, list[Waits]]:
    rows = conn.execute(_of_waits(conn.dialect.name), {"ids": list(ids)})
    found: dict[int, list[Waits]] = {}
    for comment_id, kind, *rest in rows:
        found.setdefault(comment_id, []).append(Waits(Kind(kind), *rest))
    return found


@lru_cache
def _of_waits(dialect: str) -> Select[Any]:
    return (
        select(
            reviewable.c.comment_id,
            reviewable.c.kind,
            reviewable.c.opened_at,
            moderator.c.public_id,
            moderator.c.name,
            reviewable.c.claimed_until,
        )
        .outerjoin(moderator, moderator.c.id == reviewable.c.claimed_by)
        .where(
            among_ids(dialect, reviewable.c.comment_id),
            reviewable.c.resolved_at.is_(None),
        )
        .order_by(reviewable.c.id)
    )


class IndexedFacts(NamedTuple):
    """A comment, its language where there was enough to tell, and its cluster if any."""

    comment_id: int
    language: str
    cluster_id: int | None
    cluster_public_id: str | None
