"""The review queue: what waits for a person, and what persons did about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from moderation import lanes, scorings
from moderation.bulk import among_ids
from moderation.errors import NotFound
from moderation.lanes import Lane, Reader
from moderation.member_schema import moderator
from moderation.schema import (
    IS_CURRENT,
    author,
    comment,
    decision,
    journal,
    reviewable,
    revision,
    site,
    thread,
)
from moderation.vocabulary import Kind, Status

# The desk fetches the next page before the last card is reached.
PAGE = 12


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
    author_id: str
    author_approved: int
    author_rejected: int
    author_first_seen: datetime
    author_trusted: bool
    author_banned: bool
    author_banned_until: datetime | None
    parent: Parent | None
    waits: tuple[Waits, ...]
    scores: Mapping[str, float]
    hits: tuple[Mapping[str, object], ...]


def waiting(
    conn: Connection,
    lane: Lane,
    *,
    after: str = "",
    reader: Reader | None = None,
    limit: int = PAGE,
) -> list[Card]:
    """The cards of a lane, from behind the comment `after` on."""
    return cards(conn, lanes.page(conn, lane, after=after, reader=reader, limit=limit))


def cards(conn: Connection, comment_ids: Sequence[int]) -> list[Card]:
    """The cards of comments, by their row keys and in their order."""
    read = _read(conn, _chosen(conn.dialect.name), {"ids": list(comment_ids)})
    found = {card.row_id: card for card in read}
    return [found[each] for each in comment_ids if each in found]


def find(conn: Connection, public_id: str, site_ids: Collection[int]) -> Card:
    """The card of one comment; NotFound unless it is of one of the sites."""
    found = _read(conn, _named(), {"public_id": public_id, "sites": list(site_ids)})
    if not found:
        raise NotFound("comment")
    return found[0]


def place_of(conn: Connection, public_id: str) -> int | None:
    """The row key of a comment, which is its place in the order of time; or None."""
    found = select(comment.c.id).where(comment.c.public_id == public_id)
    return conn.execute(found).scalar()


def text_of(conn: Connection, public_id: str, revision_number: int) -> str | None:
    """What a comment said in one of its revisions; None when that is forgotten."""
    return conn.execute(
        select(revision.c.text)
        .join(comment, comment.c.id == revision.c.comment_id)
        .where(comment.c.public_id == public_id, revision.c.number == revision_number)
    ).scalar_one_or_none()


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
    ids = [row["row_id"] for row in rows]
    hits = _hits(conn, ids)
    scored = scorings.latest(conn, ids)
    waits = _waits(conn, ids)
    found = []
    for row in rows:
        values = dict(row)
        row_id, number = values["row_id"], values["revision"]
        name, text = values.pop("parent_name"), values.pop("parent_text")
        values["status"] = Status(values["status"])
        card = Card(
            **values,
            parent=Parent(name, text) if name is not None else None,
            waits=tuple(waits.get(row_id, ())),
            scores=scored.get((row_id, number), scorings.NOTHING).scores,
            hits=hits.get(row_id, ()),
        )
        found.append(card)
    return found


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


def _hits(
    conn: Connection, ids: Sequence[int]
) -> dict[int, tuple[Mapping[str, object], ...]]:
    """What the policy held against each comment, the latest time that still counts."""
    rows = conn.execute(_of_hits(conn.dialect.name), {"ids": list(ids)})
    return {row[0]: tuple(row[1].get("hits", ())) for row in rows}


@lru_cache
def _of_hits(dialect: str) -> Select[Any]:
    return (
        select(decision.c.comment_id, decision.c.facts)
        .join(journal, journal.c.id == decision.c.journal_id)
        .where(
            among_ids(dialect, decision.c.comment_id),
            decision.c.rule.is_not(None),
            journal.c.undone_by.is_(None),
        )
        .order_by(decision.c.id)
    )
