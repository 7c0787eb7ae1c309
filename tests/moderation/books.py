"""The books of a desk: what must be true of its rows at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select

from moderation.enums import Kind, Status
from moderation.review import lanes
from moderation.schema.audit import decision
from moderation.schema.comments import author, comment, thread
from moderation.schema.feedback import appeal, report
from moderation.schema.review import reviewable
from moderation.schema.search import index_queue

OPEN = reviewable.c.resolved_at.is_(None)


def check(conn: Connection, site_ids: Collection[int]) -> None:
    """Fail where counters, records, versions or cards differ from what they count."""
    _lanes_count_what_waits(conn, site_ids)
    _statuses_follow_from_decisions(conn)
    _authors_have_the_record_of_their_comments(conn)
    _threads_moved_with_what_is_visible(conn)
    _one_card_stands_for_each_cluster(conn)


def _lanes_count_what_waits(conn: Connection, site_ids: Collection[int]) -> None:
    """The counters are the rows."""
    for site_id in site_ids:
        waits = (reviewable.c.site_id == site_id) & OPEN
        kinds = conn.execute(select(reviewable.c.kind).where(waits)).scalars()
        waiting = Counter(kinds)
        counts = lanes.counts(conn, [site_id])
        assert counts == {kind: waiting[kind] for kind in Kind}


def _statuses_follow_from_decisions(conn: Connection) -> None:
    """The last decision says where a comment stands, and what is held waits."""
    for row in conn.execute(select(comment)).all():
        decisions = conn.execute(
            select(decision.c.from_status, decision.c.to_status)
            .where(decision.c.comment_id == row.id)
            .order_by(decision.c.id)
        ).all()
        steps = ["pending", *(each.to_status for each in decisions)]
        assert steps[:-1] == [each.from_status for each in decisions]
        assert steps[-1] == row.status
        mine = (reviewable.c.comment_id == row.id) & OPEN
        kinds = set(conn.execute(select(reviewable.c.kind).where(mine)).scalars())
        assert (Kind.HELD in kinds) == (row.status == Status.HELD)
        assert not {Kind.HELD, Kind.SPOT_CHECK} <= kinds
        assert (Kind.REPORTED in kinds) == _has_open(conn, report, row.id)
        assert (Kind.APPEALED in kinds) == _has_open(conn, appeal, row.id)


def _authors_have_the_record_of_their_comments(conn: Connection) -> None:
    """How many stand approved and rejected."""
    for row in conn.execute(select(author)).all():
        theirs = select(comment.c.status).where(comment.c.author_id == row.id)
        found = Counter(conn.execute(theirs).scalars())
        assert (row.approved, row.rejected) == (
            found[Status.APPROVED],
            found[Status.REJECTED],
        )


def _threads_moved_with_what_is_visible(conn: Connection) -> None:
    """A version for each act that showed or hid something."""
    for row in conn.execute(select(thread)).all():
        visible = (decision.c.from_status == Status.APPROVED) | (
            decision.c.to_status == Status.APPROVED
        )
        acts_on_it = conn.execute(
            select(func.count(decision.c.journal_id.distinct()))
            .join(comment, comment.c.id == decision.c.comment_id)
            .where(comment.c.thread_id == row.id, visible)
        ).scalar_one()
        assert row.version == acts_on_it


def _one_card_stands_for_each_cluster(conn: Connection) -> None:
    """In each lane of each site, once all is described."""
    if conn.execute(select(index_queue)).first():
        return
    groups: dict[Any, list[bool]] = {}
    for row in conn.execute(select(reviewable).where(OPEN)):
        key = (row.cluster_id, row.site_id, row.kind)
        if row.cluster_id is None:
            assert not row.stacked
        else:
            groups.setdefault(key, []).append(row.stacked)
    assert all(each.count(False) == 1 for each in groups.values()), groups


def _has_open(conn: Connection, table: Any, comment_id: int) -> bool:
    open_ones = table.c.agreed if table is report else table.c.outcome
    found = select(table.c.id).where(
        table.c.comment_id == comment_id, open_ones.is_(None)
    )
    return conn.execute(found).first() is not None
