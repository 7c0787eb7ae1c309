"""The lanes of the desk: which comments wait in one, in which order, how many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    bindparam,
    func,
    select,
    text,
    tuple_,
    union_all,
)

from moderation.enums import Kind, Order
from moderation.review import claims, eligibility
from moderation.schema.comments import comment
from moderation.schema.review import lane_count, reviewable
from moderation.storage import leases

# As the indexes of the lanes say it: what is stacked under another card is not listed.
_LISTED = text("reviewable.resolved_at IS NULL AND NOT reviewable.stacked")
_KEYS: dict[Order, tuple[Any, bool]] = {
    Order.OLDEST: (reviewable.c.id, False),
    Order.NEWEST: (reviewable.c.id, True),
    Order.RISKIEST: (reviewable.c.risk, True),
    Order.LEAST_SURE: (reviewable.c.doubt, True),
}

# Nobody judges what they decided themselves.
_IS_FOR = {
    Kind.APPEALED: eligibility.may_judge_appeal,
    Kind.SPOT_CHECK: eligibility.may_check_quality,
}

# Asked by every open desk all the time: made once.
_OF_SITES = lane_count.c.site_id.in_(bindparam("sites", expanding=True))
_VERSION = select(func.sum(lane_count.c.version)).where(_OF_SITES)
COUNTS = (
    select(lane_count.c.kind, func.sum(lane_count.c.waiting))
    .where(_OF_SITES)
    .group_by(lane_count.c.kind)
)
# What somebody else holds is left out.
_IS_FREE = (
    reviewable.c.claimed_by.is_(None)
    | (reviewable.c.claimed_by == bindparam("me"))
    | ~leases.is_held_when_asked(reviewable.c.claimed_until)
)


@dataclass(frozen=True)
class Lane:
    """One lane on some sites, as a moderator wants to read it."""

    site_ids: Collection[int]
    kind: Kind = Kind.HELD
    order: Order = Order.OLDEST


@dataclass(frozen=True)
class Reader:
    """Who reads: what somebody else holds at the moment is not for them."""

    moderator_id: int
    now: datetime


def page(
    conn: Connection,
    lane: Lane,
    *,
    after: str = "",
    reader: Reader | None = None,
    limit: int,
) -> list[int]:
    """Row keys of the comments that wait, from behind the comment `after` on.

    One look into an index per site, because no index has the order of several; what
    they give is merged.
    """
    if not lane.site_ids:
        return []
    place = _place(conn, lane.kind, _KEYS[lane.order][0], after) if after else None
    sites = tuple(sorted(lane.site_ids))
    asked: dict[str, object] = {"most": limit}
    if place is not None:
        asked |= {"place": place[0], "rank": place[1]}
    if reader is not None:
        asked |= {"me": reader.moderator_id, **leases.asked(reader.now, claims.LEASE)}
    # Not everything is for everybody: that condition names who asks.
    is_mine = reader is not None and lane.kind in _IS_FOR
    me = reader.moderator_id if reader is not None and is_mine else None
    statement = _page(
        sites, lane.kind, lane.order, place is not None, reader is not None, me
    )
    return list(conn.execute(statement, asked).scalars())


def counts(conn: Connection, site_ids: Collection[int]) -> dict[Kind, int]:
    """How many comments wait in each lane, from the maintained counters."""
    rows = conn.execute(COUNTS, {"sites": list(site_ids)})
    known = {Kind(row[0]): int(row[1]) for row in rows}
    return {kind: known.get(kind, 0) for kind in Kind}


def version(conn: Connection, site_ids: Collection[int]) -> int:
    """A number that grows whenever something in a lane of these sites changes."""
    total = conn.execute(_VERSION, {"sites": list(site_ids)}).scalar()
    return int(total or 0)


# Every page of the desk asks, and making the statement takes longer than it runs.
@lru_cache(maxsize=512)
def _page(
    site_ids: tuple[int, ...],
    kind: Kind,
    order: Order,
    goes_on: bool,
    has_reader: bool,
    me: int | None,
) -> Select[Any]:
    key, falling = _KEYS[order]
    most = bindparam("most", type_=Integer)
    parts = []
    for site_id in site_ids:
        part = select(
            reviewable.c.comment_id,
            key.label("place"),
            reviewable.c.id.label("rank"),
        ).where(
            reviewable.c.site_id == site_id, reviewable.c.kind == kind.value, _LISTED
        )
        if has_reader:
            part = part.where(_IS_FREE)
        if me is not None:
            part = part.where(_IS_FOR[kind](me))
        if goes_on:
            here = tuple_(key, reviewable.c.id)
            there = tuple_(
                bindparam("place", type_=key.type),
                bindparam("rank", type_=reviewable.c.id.type),
            )
            part = part.where(here < there if falling else here > there)
        found = part.order_by(*_sorted(key, reviewable.c.id, falling)).limit(most)
        parts.append(select(found.subquery()))
    merged = union_all(*parts).subquery()
    sorting = _sorted(merged.c.place, merged.c.rank, falling)
    return select(merged.c.comment_id).order_by(*sorting).limit(most)


def _place(
    conn: Connection, kind: Kind, key: Any, after: str
) -> tuple[Any, int] | None:
    """Where a comment stands or stood in the lane; None when it never did."""
    row = conn.execute(
        select(key, reviewable.c.id)
        .join(comment, comment.c.id == reviewable.c.comment_id)
        .where(comment.c.public_id == after, reviewable.c.kind == kind.value)
    ).first()
    return (row[0], row[1]) if row else None


def _sorted(key: Any, rank: Any, falling: bool) -> list[Any]:
    columns = [key] if key is rank else [key, rank]
    return [each.desc() if falling else each.asc() for each in columns]
