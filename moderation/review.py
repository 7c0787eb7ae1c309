"""The review queue: what waits for a person, and what persons did about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from moderation.errors import NotFound
from moderation.schema import (
    IS_CURRENT,
    author,
    comment,
    decision,
    lane_count,
    reviewable,
    revision,
    scoring,
    site,
    thread,
)
from moderation.vocabulary import Kind

PAGE = 20


@dataclass(frozen=True)
class Parent:
    """The comment that was answered."""

    name: str
    text: str


@dataclass(frozen=True)
class Card:
    """All that a moderator needs to decide on one comment."""

    id: str
    comment_id: str
    kind: Kind
    revision: int
    version: int
    opened_at: datetime
    created_at: datetime
    risk: float
    site_id: int
    site_key: str
    site_name: str
    thread_title: str
    thread_url: str
    text: str
    html: str
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
    parent: Parent | None
    scores: Mapping[str, float]
    rule: str
    hits: tuple[Mapping[str, object], ...]
    model_version: str | None


def waiting(
    conn: Connection, site_ids: Sequence[int], *, after: str = "", limit: int = PAGE
) -> list[Card]:
    """Open reviewables of the sites, oldest first, from the one behind `after`."""
    statement = (
        _cards()
        .where(
            reviewable.c.site_id.in_(site_ids),
            reviewable.c.kind == Kind.HELD.value,
            reviewable.c.resolved_at.is_(None),
        )
        .order_by(reviewable.c.id)
        .limit(limit)
    )
    if after:
        place = select(reviewable.c.id).where(reviewable.c.public_id == after)
        statement = statement.where(reviewable.c.id > place.scalar_subquery())
    return _read(conn, statement)


def find(conn: Connection, public_id: str, site_ids: Sequence[int]) -> Card:
    """One reviewable, open or resolved; NotFound unless it is of one of the sites."""
    cards = _read(
        conn,
        _cards().where(
            reviewable.c.public_id == public_id, reviewable.c.site_id.in_(site_ids)
        ),
    )
    if not cards:
        raise NotFound("reviewable")
    return cards[0]


def counts(conn: Connection, site_ids: Sequence[int]) -> dict[Kind, int]:
    """How many reviewables of each kind wait, from the maintained counters."""
    rows = conn.execute(
        select(lane_count.c.kind, func.sum(lane_count.c.waiting))
        .where(lane_count.c.site_id.in_(site_ids))
        .group_by(lane_count.c.kind)
    )
    known = {Kind(row[0]): int(row[1]) for row in rows}
    return {kind: known.get(kind, 0) for kind in Kind}


def _cards() -> Select[Any]:
    parent = comment.alias("parent")
    parent_revision = revision.alias("parent_revision")
    return (
        select(
            reviewable.c.public_id.label("id"),
            comment.c.public_id.label("comment_id"),
            reviewable.c.kind,
            comment.c.revision,
            reviewable.c.version,
            reviewable.c.opened_at,
            comment.c.created_at,
            reviewable.c.risk,
            reviewable.c.site_id,
            site.c.key.label("site_key"),
            site.c.name.label("site_name"),
            thread.c.title.label("thread_title"),
            thread.c.url.label("thread_url"),
            revision.c.text,
            revision.c.html,
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
            comment.c.id.label("row_id"),
            parent_revision.c.name.label("parent_name"),
            parent_revision.c.text.label("parent_text"),
        )
        .join(comment, comment.c.id == reviewable.c.comment_id)
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


def _read(conn: Connection, statement: Select[Any]) -> list[Card]:
    rows = conn.execute(statement).mappings().all()
    ids = [row["row_id"] for row in rows]
    why = _policy_said(conn, ids)
    scores = _scores(conn, ids)
    cards = []
    for row in rows:
        values = dict(row)
        row_id = values.pop("row_id")
        name, text = values.pop("parent_name"), values.pop("parent_text")
        values["kind"] = Kind(values["kind"])
        cards.append(
            Card(
                **values,
                parent=Parent(name, text) if name is not None else None,
                scores=scores.get((row_id, values["revision"]), {}),
                **why.get(row_id, {"rule": "", "hits": (), "model_version": None}),
            )
        )
    return cards


def _policy_said(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the policy said about each comment, the latest time it spoke."""
    rows = conn.execute(
        select(
            decision.c.comment_id,
            decision.c.rule,
            decision.c.facts,
            decision.c.model_version,
        )
        .where(decision.c.comment_id.in_(ids), decision.c.rule.is_not(None))
        .order_by(decision.c.id)
    )
    return {
        row[0]: {
            "rule": row[1],
            "hits": tuple(row[2].get("hits", ())),
            "model_version": row[3],
        }
        for row in rows
    }


def _scores(
    conn: Connection, ids: Sequence[int]
) -> dict[tuple[int, int], Mapping[str, float]]:
    rows = conn.execute(
        select(scoring.c.comment_id, scoring.c.revision, scoring.c.scores)
        .where(scoring.c.comment_id.in_(ids))
        .order_by(scoring.c.created_at)
    )
    return {(row[0], row[1]): row[2] for row in rows}
