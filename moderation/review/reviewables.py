"""What waits for a person: opened, resolved and counted as decisions are applied.

Called in the transaction of the act that changes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, false, null, select, true, update

from moderation.enums import Kind
from moderation.ids import new_key, new_public_id
from moderation.review.lane_counts import LaneKey, _count, touch
from moderation.schema.review import IS_TOP, reviewable
from moderation.storage.bulk import insert_rows, listed, one_of

_OPEN_AGAIN = {
    "resolved_at": null(),
    "resolved_by": null(),
    "claimed_by": null(),
    "claimed_until": null(),
    "stacked": false(),
    "version": reviewable.c.version + 1,
}


class Waiting(NamedTuple):
    """A comment that a person should look at, and why."""

    comment_id: int
    site_id: int
    kind: Kind
    risk: float
    doubt: float


def open_for(
    conn: Connection,
    waiting: Sequence[Waiting],
    at: datetime,
    *,
    keep_place: bool = False,
    may_be_open: bool = False,
) -> None:
    """Open a reviewable for each, or the one again that was resolved before.

    One that `may_be_open` is looked for, stays as it is and is not counted twice;
    what comes from the classifiers never is, and is spared the look.
    """
    opening = list(waiting)
    if may_be_open and opening:
        is_open = _open_ones(conn, waiting)
        opening = [it for it in waiting if (it.comment_id, it.kind) not in is_open]
    if not opening:
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
                "kind": each.kind.value,
                "risk": each.risk,
                "doubt": each.doubt,
                "opened_at": at,
                "version": 1,
            }
            for each in opening
        ],
        conflict=_in_the_old_place if keep_place else _queue_anew,
    )
    if may_be_open:
        clusters = _clusters_of(conn, [each.comment_id for each in opening])
        restack(conn, clusters, {each.site_id for each in opening})
    _count(conn, Counter((each.site_id, each.kind.value) for each in opening))


def open_or_raise(conn: Connection, waiting: Waiting, at: datetime) -> None:
    """Open one that somebody asked for; one that is open gets the new risk.

    The caller holds the comment's row, so that nobody opens the same one meanwhile.
    """
    open_for(conn, [waiting], at, may_be_open=True)
    conn.execute(
        update(reviewable)
        .where(
            reviewable.c.comment_id == waiting.comment_id,
            reviewable.c.kind == waiting.kind.value,
        )
        # What was asked for since an undo opened it does not end with that undo.
        .values(risk=waiting.risk, resolved_by=null())
    )
    touch(conn, [(waiting.site_id, waiting.kind.value)])


def _open_ones(conn: Connection, waiting: Sequence[Waiting]) -> set[tuple[int, Kind]]:
    rows = conn.execute(
        select(reviewable.c.comment_id, reviewable.c.kind).where(
            one_of(
                conn, reviewable.c.comment_id, [each.comment_id for each in waiting]
            ),
            reviewable.c.resolved_at.is_(None),
        )
    )
    return {(row[0], Kind(row[1])) for row in rows}


def _in_the_old_place(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["comment_id", "kind"], set_=_OPEN_AGAIN
    )


def _queue_anew(statement: Any) -> Any:
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["comment_id", "kind"],
        set_=_OPEN_AGAIN
        | {"opened_at": new.opened_at, "risk": new.risk, "doubt": new.doubt},
    )


def resolve(
    conn: Connection,
    comment_ids: Sequence[int],
    at: datetime,
    journal_id: int,
    *,
    kinds: Collection[Kind] = tuple(Kind),
) -> None:
    """Close what is open for these comments, of every kind or of some."""
    if not comment_ids:
        return
    rows = conn.execute(
        update(reviewable)
        .where(
            one_of(conn, reviewable.c.comment_id, comment_ids),
            reviewable.c.kind.in_([kind.value for kind in kinds]),
            reviewable.c.resolved_at.is_(None),
        )
        .values(
            resolved_at=at,
            resolved_by=journal_id,
            claimed_by=null(),
            claimed_until=null(),
            version=reviewable.c.version + 1,
        )
        .returning(reviewable.c.site_id, reviewable.c.kind, reviewable.c.cluster_id)
    ).all()
    stacked = [row for row in rows if row[2] is not None]
    restack(conn, {row[2] for row in stacked}, {row[0] for row in stacked})
    gone: Counter[LaneKey] = Counter((row[0], row[1]) for row in rows)
    _count(conn, {lane: -number for lane, number in gone.items()})


def reopen(conn: Connection, undone: int, by: int, at: datetime) -> None:
    """Open again what an entry resolved, in the old places; the other way round, too.

    `by` is the entry that undoes it. What it opens bears its name, so that taking it
    back in turn resolves that and nothing else.
    """
    of_entry = reviewable.c.resolved_by == undone
    returned = (reviewable.c.site_id, reviewable.c.kind, reviewable.c.cluster_id)
    opened = conn.execute(
        update(reviewable)
        .where(of_entry, reviewable.c.resolved_at.is_not(None))
        .values({**_OPEN_AGAIN, "resolved_by": by})
        .returning(*returned)
    ).all()
    # Those above are the other entry's by now.
    resolved = conn.execute(
        update(reviewable)
        .where(of_entry, reviewable.c.resolved_at.is_(None))
        .values({**_OPEN_AGAIN, "resolved_by": by, "resolved_at": at})
        .returning(*returned)
    ).all()
    stacked = [row for row in (*opened, *resolved) if row[2] is not None]
    restack(conn, {row[2] for row in stacked}, {row[0] for row in stacked})
    moved: Counter[LaneKey] = Counter((row[0], row[1]) for row in opened)
    moved.subtract((row[0], row[1]) for row in resolved)
    _count(conn, moved)


def restack(
    conn: Connection, clusters: Collection[int], site_ids: Collection[int]
) -> None:
    """Let the first open comment of a cluster stand for the others in its lane.

    In a lane of a site, that is: a moderator of one site sees nothing of another.
    """
    if not clusters:
        return
    rows = [
        {"cluster": each, "site": site_id}
        for each in sorted(clusters)
        for site_id in sorted(site_ids)
    ]
    found = conn.execute(_firsts(conn.dialect.name), {"rows": rows})
    firsts = [first for row in found for first in row if first is not None]
    if not firsts:
        return
    conn.execute(
        update(reviewable)
        .where(one_of(conn, reviewable.c.id, firsts), reviewable.c.stacked)
        .values(stacked=false())
    )
    conn.execute(
        update(reviewable)
        .where(
            IS_TOP,
            one_of(conn, reviewable.c.cluster_id, sorted(clusters)),
            one_of(conn, reviewable.c.site_id, sorted(site_ids)),
            reviewable.c.id.not_in(firsts),
        )
        .values(stacked=true())
    )


@lru_cache
def _firsts(dialect: str) -> Any:
    """The first open comment of each listed cluster on a site, a column for each lane."""
    of = listed(dialect, "cluster", "site")
    firsts = (
        select(reviewable.c.id)
        .where(
            reviewable.c.resolved_at.is_(None),
            reviewable.c.cluster_id == of.c.cluster,
            reviewable.c.site_id == of.c.site,
            reviewable.c.kind == kind.value,
        )
        .order_by(reviewable.c.id)
        .limit(1)
        .correlate(of)
        .scalar_subquery()
        for kind in Kind
    )
    return select(*firsts).select_from(of)


def _clusters_of(conn: Connection, comment_ids: Sequence[int]) -> set[int]:
    rows = conn.execute(
        select(reviewable.c.cluster_id).where(
            one_of(conn, reviewable.c.comment_id, comment_ids),
            reviewable.c.cluster_id.is_not(None),
        )
    )
    return set(rows.scalars())
