"""Decide about all comments of a cluster at once, and about what joins it later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from moderation.accounts.actor import Actor
from moderation.actions import bulk
from moderation.actions.bulk import BulkDecision, BulkResult, SeenComment
from moderation.audit import journal
from moderation.audit.journal import Entry
from moderation.clusters import standing_decisions
from moderation.clusters.clusters import Cluster
from moderation.enums import Act, Status
from moderation.schema.comments import comment
from moderation.schema.review import reviewable
from moderation.storage import site_locks
from moderation.storage.database import Database


def decide(
    database: Database,
    who: Actor,
    chosen: Cluster,
    order: BulkDecision,
    now: datetime,
    *,
    spread: bool,
) -> BulkResult:
    """Decide all members that wait where the moderator decides, as one entry.

    With `spread` the choice holds for what joins the cluster in the next hour; taking
    the entry back ends that too.
    """
    outcome = BulkResult()
    with database.write() as conn:
        site_locks.lock_sites(conn, who.site_ids)
        seen = _waiting(conn, chosen.row_id, who.site_ids)
        if spread:
            effect = standing_decisions.effect_of(
                conn,
                chosen.row_id,
                who.site_ids,
                order.to,
                order.reason,
                now + standing_decisions.LASTS,
            )
            detail = {"view": order.view} if order.view else {}
            entry = Entry(Act.BULK, who.actor, now, who.site_ids, detail, (effect,))
            outcome.opened = journal.write(conn, entry)
            standing_decisions.begin(conn, effect, outcome.opened.id)
        first = seen[: bulk.CHUNK]
        bulk.apply(conn, who, order, first, now, outcome)
    for begin in range(bulk.CHUNK, len(seen), bulk.CHUNK):
        with database.write() as conn:
            chunk = seen[begin : begin + bulk.CHUNK]
            bulk.apply(conn, who, order, chunk, now, outcome)
    return outcome


def _waiting(
    conn: Connection, cluster_row: int, site_ids: Collection[int]
) -> Sequence[SeenComment]:
    waits = select(reviewable.c.comment_id).where(*_open(cluster_row, site_ids))
    rows = conn.execute(
        select(comment.c.public_id, comment.c.revision, comment.c.status)
        .where(comment.c.id.in_(waits))
        .order_by(comment.c.id)
        .limit(bulk.LIMIT)
    )
    return [SeenComment(row[0], row[1], Status(row[2])) for row in rows]


def _open(
    cluster_row: int, site_ids: Collection[int]
) -> tuple[ColumnElement[bool], ...]:
    return (
        reviewable.c.cluster_id == cluster_row,
        reviewable.c.cluster_id.is_not(None),
        reviewable.c.resolved_at.is_(None),
        reviewable.c.site_id.in_(site_ids),
    )
