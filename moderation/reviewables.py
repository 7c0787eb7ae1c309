"""What waits for a person: opened, resolved and counted as decisions are applied.

Called by ``decisions.apply`` alone, in its transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, null, update

from moderation.bulk import insert_rows, one_of
from moderation.db import upsert
from moderation.identity import new_key, new_public_id
from moderation.schema import lane_count, reviewable
from moderation.vocabulary import Kind

Lane = tuple[int, str]


_OPEN_AGAIN = {
    "resolved_at": null(),
    "claimed_by": null(),
    "claimed_until": null(),
    "version": reviewable.c.version + 1,
}


class Held(NamedTuple):
    """A comment that is held now."""

    comment_id: int
    site_id: int
    risk: float


def open_held(
    conn: Connection, held: Sequence[Held], at: datetime, *, keep_place: bool
) -> None:
    """Open a reviewable for each, or the one again that was resolved before."""
    if not held:
        return
    insert_rows(
        conn,
        reviewable,
        [
            {
                "id": new_key(),
                "public_id": new_public_id(),
                "site_id": each.site_id,
                "comment_id": each.comment_id,
                "kind": Kind.HELD.value,
                "risk": each.risk,
                "opened_at": at,
                "version": 1,
            }
            for each in held
        ],
        conflict=_in_the_old_place if keep_place else _queue_anew,
    )
    _count(conn, Counter((each.site_id, Kind.HELD.value) for each in held))


def _in_the_old_place(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["comment_id", "kind"], set_=_OPEN_AGAIN
    )


def _queue_anew(statement: Any) -> Any:
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["comment_id", "kind"],
        set_=_OPEN_AGAIN | {"opened_at": new.opened_at, "risk": new.risk},
    )


def resolve(conn: Connection, comment_ids: Sequence[int], at: datetime) -> None:
    """Close whatever is open for these comments, of every kind."""
    if not comment_ids:
        return
    rows = conn.execute(
        update(reviewable)
        .where(
            one_of(conn, reviewable.c.comment_id, comment_ids),
            reviewable.c.resolved_at.is_(None),
        )
        .values(resolved_at=at, version=reviewable.c.version + 1)
        .returning(reviewable.c.site_id, reviewable.c.kind)
    )
    gone: Counter[Lane] = Counter((row[0], row[1]) for row in rows)
    _count(conn, {lane: -number for lane, number in gone.items()})


def _count(conn: Connection, changes: Mapping[Lane, int]) -> None:
    """Keep the number that waits in each lane."""
    if not changes:
        return
    statement = upsert(conn, lane_count)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["site_id", "kind"],
            set_={"waiting": lane_count.c.waiting + statement.excluded.waiting},
        ),
        [
            {"site_id": site_id, "kind": kind, "waiting": change}
            # In one order everywhere, so that two batches never wait for each other.
            for (site_id, kind), change in sorted(changes.items())
        ],
    )
