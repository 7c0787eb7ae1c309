"""Who looks at which card: soft claims that keep two moderators from the same one.

A claim is a lease on what waits about a comment. It hinders nobody: whoever decides
first has decided. Lanes leave out what somebody else holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    func,
    literal,
    null,
    select,
    union_all,
    update,
)

from moderation.review.lane_counts import LaneKey, touch
from moderation.schema.accounts import moderator
from moderation.schema.comments import comment
from moderation.schema.review import reviewable
from moderation.storage import leases, site_locks

LEASE = timedelta(minutes=2)
# What has longer than this to run is not written again.
RENEW_BELOW = timedelta(seconds=75)

_IS_OPEN = reviewable.c.resolved_at.is_(None)
# What is resolved is held by nobody, so the index of claims answers alone.
_IS_HELD = (
    (reviewable.c.claimed_by > 0)
    & leases.is_held_when_asked(reviewable.c.claimed_until)
    # Not by the index of the sites: that one has all that waits.
    & (reviewable.c.site_id + 0).in_(bindparam("sites", expanding=True))
)
# Asked by every open desk all the time: made once.
_RUNNING = select(func.count()).select_from(reviewable).where(_IS_HELD)
# The names of the others who are at work on these sites.
PRESENT = (
    select(moderator.c.name)
    .join(reviewable, reviewable.c.claimed_by == moderator.c.id)
    .where(_IS_HELD, moderator.c.id != bindparam("me"))
    .distinct()
)
_CLAIM = (
    reviewable.c.id,
    reviewable.c.site_id,
    reviewable.c.kind,
    reviewable.c.comment_id,
    reviewable.c.claimed_by,
    reviewable.c.claimed_until,
    comment.c.public_id,
    moderator.c.name,
)
# What waits of some comments, and what somebody holds, in one look.
_LOOK = union_all(
    select(*_CLAIM, literal(True).label("is_wanted"))
    .join(comment, comment.c.id == reviewable.c.comment_id)
    .outerjoin(moderator, moderator.c.id == reviewable.c.claimed_by)
    .where(
        comment.c.public_id.in_(bindparam("public_ids", expanding=True)),
        comment.c.site_id.in_(bindparam("sites", expanding=True)),
        _IS_OPEN,
    ),
    select(*_CLAIM, literal(False))
    .join(comment, comment.c.id == reviewable.c.comment_id)
    .join(moderator, moderator.c.id == reviewable.c.claimed_by)
    .where(reviewable.c.claimed_by == bindparam("me")),
)
_OF_THESE = reviewable.c.id.in_(bindparam("ids", expanding=True))
_TAKE = (
    update(reviewable)
    .where(
        _OF_THESE,
        # Again: on PostgreSQL somebody may have been faster since the look.
        reviewable.c.claimed_by.is_(None)
        | (reviewable.c.claimed_by == bindparam("me"))
        | ~leases.is_held_when_asked(reviewable.c.claimed_until),
    )
    .values(claimed_by=bindparam("me"), claimed_until=bindparam("until"))
)
_LET_GO = (
    update(reviewable)
    .where(_OF_THESE, reviewable.c.claimed_by == bindparam("me"))
    .values(claimed_by=null(), claimed_until=null())
    .returning(reviewable.c.site_id, reviewable.c.kind)
)


@dataclass(frozen=True)
class ClaimState:
    """What waits of the comments that somebody wants to hold, and what else they hold."""

    moderator_id: int
    site_ids: Collection[int]
    public_ids: Collection[str]
    rows: Sequence[Any]
    left: Sequence[Any]

    def rests(self, now: datetime) -> bool:
        """Whether they hold these and no others: then there is nothing to write."""
        return not self.left and not any(
            _is_short(row, self.moderator_id, now) for row in self.rows
        )


def state_of(
    conn: Connection,
    moderator_id: int,
    site_ids: Collection[int],
    public_ids: Collection[str],
) -> ClaimState:
    """What `take_up` would have to change, outside of any transaction if need be."""
    asked = {
        "me": moderator_id,
        "sites": list(site_ids),
        "public_ids": list(public_ids),
    }
    found = conn.execute(_LOOK, asked).all()
    rows = [row for row in found if row.is_wanted]
    kept = {row.comment_id for row in rows}
    left = [row for row in found if row.comment_id not in kept]
    return ClaimState(moderator_id, site_ids, public_ids, rows, left)


def take(
    conn: Connection,
    moderator_id: int,
    site_ids: Collection[int],
    public_ids: Collection[str],
    now: datetime,
) -> dict[str, str]:
    """Hold these comments and let go of all others; who holds those that are taken.

    The names of the others by the public id of the comment. What somebody holds is
    theirs for LEASE since they last took it.
    """
    return apply(conn, state_of(conn, moderator_id, site_ids, public_ids), now)


def apply(conn: Connection, seen: ClaimState, now: datetime) -> dict[str, str]:
    """The same for whoever has looked already."""
    me, rows, left = seen.moderator_id, seen.rows, seen.left
    if not seen.rests(now):
        site_locks.lock_sites(conn, {row.site_id for row in (*left, *rows)})
        # Once more: somebody may have been faster before the turn came.
        rows = state_of(conn, me, seen.site_ids, seen.public_ids).rows
    taken = {row.public_id: row.name for row in rows if _is_taken(row, me, now)}
    free = [row for row in rows if not _is_taken(row, me, now)]
    wanted = [row for row in free if _is_short(row, me, now)]
    lanes = _let_go(conn, me, left)
    if wanted:
        asked = {"me": me, "until": now + LEASE, **leases.asked(now, LEASE)}
        conn.execute(_TAKE, {**asked, "ids": [row.id for row in wanted]})
    new = [row for row in free if row.claimed_by != me]
    touch(conn, lanes | {(row.site_id, row.kind) for row in new})
    return taken


def release(conn: Connection, moderator_id: int, public_ids: Collection[str]) -> None:
    """Hold these no longer: the page that showed them was left."""
    ids = select(comment.c.id).where(comment.c.public_id.in_(public_ids))
    left = conn.execute(
        select(reviewable.c.id, reviewable.c.site_id).where(
            reviewable.c.claimed_by == moderator_id, reviewable.c.comment_id.in_(ids)
        )
    ).all()
    site_locks.lock_sites(conn, {row.site_id for row in left})
    touch(conn, _let_go(conn, moderator_id, left))


def running(conn: Connection, site_ids: Collection[int], now: datetime) -> int:
    """How many claims run on these sites: falls when one lapses, which nobody writes."""
    asked = {"sites": list(site_ids), **leases.asked(now, LEASE)}
    return conn.execute(_RUNNING, asked).scalar_one()


def _let_go(conn: Connection, moderator_id: int, left: Sequence[Any]) -> set[LaneKey]:
    """Hold these no longer; the lanes that they are in."""
    if not left:
        return set()
    asked = {"me": moderator_id, "ids": [row.id for row in left]}
    rows = conn.execute(_LET_GO, asked)
    return {(row[0], row[1]) for row in rows}


def _is_taken(row: Any, moderator_id: int, now: datetime) -> bool:
    theirs = row.claimed_by not in (None, moderator_id)
    return theirs and leases.holds(row.claimed_until, now, LEASE)


def _is_short(row: Any, moderator_id: int, now: datetime) -> bool:
    return bool(
        row.claimed_by != moderator_id
        or row.claimed_until - now < RENEW_BELOW
        or not leases.holds(row.claimed_until, now, LEASE)
    )
