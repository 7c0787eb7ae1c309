"""What moderators do: decide and undo, each one journal entry, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from moderation.accounts.actor import Actor
from moderation.audit import actors
from moderation.audit.journal import Entry
from moderation.decisions import consequences
from moderation.decisions.apply import apply
from moderation.decisions.choice import COLUMNS, Choice
from moderation.enums import Act, Reason, Status
from moderation.errors import NotFound, OwnRejection, StaleDecision
from moderation.review import eligibility
from moderation.schema.accounts import moderator
from moderation.schema.audit import decision
from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.storage import site_locks
from moderation.storage.database import Database


@dataclass(frozen=True)
class DecisionRequest:
    """A moderator's choice about the revision and the status that they saw."""

    comment_id: str
    revision: int
    seen: Status
    to: Status
    reason: Reason | None = None
    # The page they decided on, for the audit.
    view: str = ""
    # What the author is told about the appeal, in the moderator's own words.
    answer: str = ""


def decide(
    database: Database, who: Actor, ruling: DecisionRequest, now: datetime
) -> str:
    """Apply a ruling; the journal entry's id, for the undo.

    StaleDecision says who was faster when the comment is no longer as it was seen;
    OwnRejection is for an appeal that somebody else has to judge.
    """
    with database.write() as conn:
        row = conn.execute(
            select(*COLUMNS, site.c.settings)
            .join(site, site.c.id == comment.c.site_id)
            .where(
                comment.c.public_id == ruling.comment_id,
                comment.c.site_id.in_(who.site_ids),
            )
        ).first()
        if row is None:
            raise NotFound("comment")
        # First the turn: nobody appeals between the look for an appeal and the decision.
        site_locks.lock_sites(conn, [row.site_id])
        if eligibility.withheld_appeals(conn, [row.comment_id], who.public_id):
            raise OwnRejection
        told = {"view": ruling.view, consequences.ANSWER: ruling.answer}
        detail = {name: said for name, said in told.items() if said}
        entry = Entry(Act.DECIDE, who.actor, now, (row.site_id,), detail)
        choice = Choice.of(
            row,
            ruling.to,
            seen=ruling.seen,
            revision=ruling.revision,
            reason=ruling.reason,
            spot_check=eligibility.needs_quality_check(
                conn, row, ruling.seen, who.public_id
            ),
        )
        applied = apply(conn, entry, [choice])
        if applied.opened is None:
            raise _stale(conn, row.comment_id, now)
        return applied.opened.public_id


def _stale(conn: Connection, comment_id: int, now: datetime) -> StaleDecision:
    row = conn.execute(
        select(
            comment.c.status,
            decision.c.reason,
            func.coalesce(moderator.c.name, decision.c.actor, actors.AUTHOR),
            func.coalesce(decision.c.created_at, comment.c.created_at),
        )
        # There is none about what its author has only just written.
        .outerjoin(decision, decision.c.comment_id == comment.c.id)
        .outerjoin(moderator, actors.is_moderator(decision.c.actor))
        .where(comment.c.id == comment_id)
        .order_by(decision.c.id.desc())
        .limit(1)
    ).one()
    status, reason, actor, at = row
    seconds = max(0, round((now - at).total_seconds()))
    return StaleDecision(status=status, reason=reason, actor=actor, seconds_ago=seconds)
