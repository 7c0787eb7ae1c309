"""How many comments each lane holds, kept as counters."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from moderation.schema.review import lane_count
from moderation.storage.bulk import one_of
from moderation.storage.database import upsert

LaneKey = tuple[int, str]


def lock_lanes(conn: Connection, site_ids: Collection[int]) -> None:
    """Lock the counts of several sites in the order in which batches write them.

    An act writes them more than once, and what it writes later may come first there.
    """
    if conn.dialect.name == "sqlite" or len(site_ids) < 2:
        return
    conn.execute(
        select(lane_count.c.site_id)
        .where(one_of(conn, lane_count.c.site_id, sorted(site_ids)))
        .order_by(lane_count.c.site_id, lane_count.c.kind)
        .with_for_update(key_share=True)
    )


def touch(conn: Connection, lanes: Collection[LaneKey]) -> None:
    """Tell open desks that something in these lanes looks different now."""
    _count(conn, dict.fromkeys(lanes, 0))


def _count(conn: Connection, changes: Mapping[LaneKey, int]) -> None:
    """Keep the number that waits in each lane, and say that it moved."""
    if not changes:
        return
    statement = upsert(conn, lane_count)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["site_id", "kind"],
            set_={
                "waiting": lane_count.c.waiting + statement.excluded.waiting,
                "version": lane_count.c.version + 1,
            },
        ),
        [
            {"site_id": site_id, "kind": kind, "waiting": change, "version": 1}
            # In one order everywhere, so that two batches never wait for each other.
            for (site_id, kind), change in sorted(changes.items())
        ],
    )
