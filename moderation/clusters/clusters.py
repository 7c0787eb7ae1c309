"""Clusters as their page shows them, and one decision for all that waits in one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from moderation.clusters import precedents
from moderation.errors import NotFound
from moderation.review import queue
from moderation.schema.clusters import cluster
from moderation.schema.search import comment_index


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
    size = precedents.sizes(conn, [row.id], site_ids).get(row.id)
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
    statement = select(comment_index.c.comment_id).where(
        comment_index.c.cluster_id == cluster_row,
        comment_index.c.cluster_id.is_not(None),
        comment_index.c.site_id.in_(site_ids),
    )
    if before:
        place = queue.place_of(conn, before)
        statement = statement.where(comment_index.c.comment_id < (place or 0))
    newest = statement.order_by(comment_index.c.comment_id.desc()).limit(limit)
    return list(conn.execute(newest).scalars())
