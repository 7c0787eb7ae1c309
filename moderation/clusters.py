"""Clusters as their page shows them, and one decision for all that waits in one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from moderation import bulk_acts, journals, likeness, review, spreads, turns
from moderation.actor import Actor
from moderation.bulk_acts import Order, Outcome, Seen
from moderation.db import Database
from moderation.errors import NotFound
from moderation.finding_schema import cluster, description
from moderation.journals import Entry
from moderation.schema import comment, reviewable
from moderation.vocabulary import Act, Status


@dataclass(frozen=True)
class Cluster:
    """Comments that say nearly the same, as far as a moderator may see them."""

    row_id: int
    id: str
    created_at: datetime
    members: int
    waiting: int


def find(conn: Connection, public_id: str, site_ids: Collection[int]) -> Cluster:
    """The cluster with this id; NotFound unless a member is on one of the sites."""
    row = conn.execute(select(cluster).where(cluster.c.public_id == public_id)).first()
    if row is None:
        raise NotFound("cluster")
    size = likeness.sizes(conn, [row.id], site_ids).get(row.id)
    if size is None:
        raise NotFound("cluster")
    return Cluster(row.id, row.public_id, row.created_at, *size)


def members(
    conn: Connection,
    cluster_row: int,
    site_ids: Collection[int],
    *,
    before: str = "",
    limit: int,
) -> list[int]:
    """Row keys of members on the sites, newest first, from behind `before` on."""
    statement = select(description.c.comment_id).where(
        description.c.cluster_id == cluster_row,
        description.c.cluster_id.is_not(None),
        description.c.site_id.in_(site_ids),
    )
    if before:
        place = review.place_of(conn, before)
        statement = statement.where(description.c.comment_id < (place or 0))
    newest = statement.order_by(description.c.comment_id.desc()).limit(limit)
    return list(conn.execute(newest).scalars())


def decide(
    database: Database,
    who: Actor,
    chosen: Cluster,
    order: Order,
    now: datetime,
    *,
    spread: bool,
) -> Outcome:
    """Decide all members that wait where the moderator decides, as one entry.

    With `spread` the choice holds for what joins the cluster in the next hour; taking
    the entry back ends that too.
    """
    outcome = Outcome()
    with database.write() as conn:
        turns.take(conn, who.site_ids)
        seen = _waiting(conn, chosen.row_id, who.site_ids)
        if spread:
            effect = spreads.effect_of(
                conn,
                chosen.row_id,
                who.site_ids,
                order.to,
                order.reason,
                now + spreads.LASTS,
            )
            detail = {"view": order.view} if order.view else {}
            entry = Entry(Act.BULK, who.actor, now, who.site_ids, detail, (effect,))
            outcome.opened = journals.write(conn, entry)
            spreads.begin(conn, effect, outcome.opened.id)
        first = seen[: bulk_acts.CHUNK]
        bulk_acts.apply(conn, who, order, first, now, outcome)
    for begin in range(bulk_acts.CHUNK, len(seen), bulk_acts.CHUNK):
        with database.write() as conn:
            chunk = seen[begin : begin + bulk_acts.CHUNK]
            bulk_acts.apply(conn, who, order, chunk, now, outcome)
    return outcome


def _waiting(
    conn: Connection, cluster_row: int, site_ids: Collection[int]
) -> Sequence[Seen]:
    waits = select(reviewable.c.comment_id).where(*_open(cluster_row, site_ids))
    rows = conn.execute(
        select(comment.c.public_id, comment.c.revision, comment.c.status)
        .where(comment.c.id.in_(waits))
        .order_by(comment.c.id)
        .limit(bulk_acts.LIMIT)
    )
    return [Seen(row[0], row[1], Status(row[2])) for row in rows]


def _open(
    cluster_row: int, site_ids: Collection[int]
) -> tuple[ColumnElement[bool], ...]:
    return (
        reviewable.c.cluster_id == cluster_row,
        reviewable.c.cluster_id.is_not(None),
        reviewable.c.resolved_at.is_(None),
        reviewable.c.site_id.in_(site_ids),
    )
