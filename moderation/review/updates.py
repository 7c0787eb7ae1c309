"""What happened to the cards of an open desk since they were shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from moderation.audit import actors
from moderation.enums import Kind, Reason, Status
from moderation.review import claims
from moderation.schema.accounts import moderator
from moderation.schema.audit import decision
from moderation.schema.comments import comment
from moderation.schema.review import reviewable
from moderation.storage import leases

# Asked by open desks whenever something moved: made once.
_OF_SHOWN = (
    comment.c.public_id.in_(bindparam("shown", expanding=True)),
    comment.c.site_id.in_(bindparam("sites", expanding=True)),
)
_WAITING = (
    select(
        comment.c.public_id,
        reviewable.c.claimed_by,
        reviewable.c.claimed_until,
        moderator.c.name,
    )
    .join(reviewable, reviewable.c.comment_id == comment.c.id)
    .outerjoin(moderator, moderator.c.id == reviewable.c.claimed_by)
    .where(
        *_OF_SHOWN,
        reviewable.c.kind == bindparam("kind"),
        reviewable.c.resolved_at.is_(None),
    )
)
_DECIDED = (
    select(
        comment.c.public_id,
        comment.c.status,
        decision.c.reason,
        func.coalesce(moderator.c.name, decision.c.actor).label("actor"),
        decision.c.created_at,
    )
    .join(decision, decision.c.comment_id == comment.c.id)
    .outerjoin(moderator, actors.is_moderator(decision.c.actor))
    .where(*_OF_SHOWN)
    # The last one of each comment stays.
    .order_by(decision.c.id)
)


@dataclass(frozen=True)
class LastDecision:
    """What became of a comment that no longer waits: decided how, by whom, when."""

    status: Status
    reason: Reason | None
    # A name, or the actor as the journal has it.
    actor: str
    at: datetime


@dataclass(frozen=True)
class Changes:
    """What is different about cards, by their public ids."""

    gone: Mapping[str, LastDecision]
    # Who looks at a card, besides the one who asks.
    held: Mapping[str, str]


def since_shown(
    conn: Connection,
    site_ids: Collection[int],
    kind: Kind,
    shown: Collection[str],
    *,
    moderator_id: int,
    now: datetime,
) -> Changes:
    """Compare the cards that somebody has before them with what waits in the lane."""
    asked = {"shown": list(shown), "sites": list(site_ids), "kind": kind.value}
    rows = conn.execute(_WAITING, asked).all()
    waits = {row.public_id for row in rows}
    held = {
        row.public_id: row.name
        for row in rows
        if row.claimed_by not in (None, moderator_id)
        and leases.holds(row.claimed_until, now, claims.LEASE)
    }
    return Changes(last_decisions(conn, site_ids, set(shown) - waits), held)


def opened_since(
    conn: Connection, kind: Kind, comment_ids: Collection[int], since: datetime
) -> list[str]:
    """Which of these comments came into the lane after a moment; their public ids."""
    rows = conn.execute(
        select(comment.c.public_id)
        .join(reviewable, reviewable.c.comment_id == comment.c.id)
        .where(
            comment.c.id.in_(comment_ids),
            reviewable.c.kind == kind.value,
            reviewable.c.opened_at > since,
        )
    )
    return list(rows.scalars())


def last_decisions(
    conn: Connection, site_ids: Collection[int], public_ids: Collection[str]
) -> dict[str, LastDecision]:
    """What was decided last about each of these comments."""
    if not public_ids:
        return {}
    asked = {"shown": list(public_ids), "sites": list(site_ids)}
    rows = conn.execute(_DECIDED, asked)
    return {
        row.public_id: LastDecision(
            Status(row.status),
            Reason(row.reason) if row.reason else None,
            row.actor,
            row.created_at,
        )
        for row in rows
    }
