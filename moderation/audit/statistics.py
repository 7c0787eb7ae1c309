"""A moderator's own numbers: to learn from, not to be ranked by. Nobody else sees them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from moderation.audit import actors
from moderation.enums import Act, Kind, Outcome
from moderation.ids import key_at
from moderation.schema.audit import decision, journal
from moderation.schema.feedback import appeal
from moderation.schema.review import reviewable

WINDOW = timedelta(days=90)
# The latest so many decisions of the window are looked at.
ROWS_MAX = 5_000


@dataclass(frozen=True)
class ModeratorStatistics:
    """What the last 90 days say; `hours` are those in which at least one was decided."""

    decisions: int
    hours: int
    # Appeals against their rejections that are settled, and how many were granted.
    appeals: int
    overturned: int
    # Comments that another moderator judged after them without knowing it.
    second_looks: int
    agreed: int

    @property
    def per_hour(self) -> float:
        """Decisions in an hour in which they decided at all."""
        return self.decisions / self.hours if self.hours else 0.0


def of_moderator(
    conn: Connection, actor: str, site_ids: Collection[int], now: datetime
) -> ModeratorStatistics:
    """The numbers of one person on these sites.

    Only what they decided one by one counts, not bulk acts, and not what was taken
    back. A second look is another person's decision about a spot check of theirs, of
    the same revision; it agrees when it leaves the comment as they did.
    """
    rows = conn.execute(
        select(
            decision.c.id,
            decision.c.comment_id,
            decision.c.revision,
            decision.c.to_status,
            decision.c.created_at,
        )
        .join(journal, journal.c.id == decision.c.journal_id)
        .where(
            journal.c.actor == actor,
            journal.c.act == Act.DECIDE.value,
            journal.c.undone_by.is_(None),
            journal.c.id >= key_at(now - WINDOW),
            decision.c.site_id.in_(site_ids),
        )
        .order_by(journal.c.id.desc())
        .limit(ROWS_MAX)
    ).all()
    hours = {row.created_at.replace(minute=0, second=0, microsecond=0) for row in rows}
    # Of several about one revision the latest is what they thought in the end.
    mine = {(row.comment_id, row.revision): row for row in reversed(rows)}
    looks = _second_looks(conn, actor, [row.comment_id for row in mine.values()])
    compared = []
    for key, row in mine.items():
        later = [status for at, status in looks.get(key, ()) if at > row.id]
        if later:
            compared.append(later[0] == row.to_status)
    outcomes = _outcomes(conn, actor, site_ids, now)
    return ModeratorStatistics(
        decisions=len(rows),
        hours=len(hours),
        appeals=sum(outcomes.values()),
        overturned=outcomes.get(Outcome.OVERTURNED.value, 0),
        second_looks=len(compared),
        agreed=sum(compared),
    )


def _second_looks(
    conn: Connection, actor: str, comment_ids: list[int]
) -> dict[tuple[int, int], list[tuple[int, str]]]:
    """What other people decided about spot checks of these comments, by revision."""
    rows = conn.execute(
        select(
            decision.c.comment_id,
            decision.c.revision,
            decision.c.id,
            decision.c.to_status,
        )
        .join(journal, journal.c.id == decision.c.journal_id)
        .join(
            reviewable,
            (reviewable.c.comment_id == decision.c.comment_id)
            & (reviewable.c.resolved_by == decision.c.journal_id),
        )
        .where(
            decision.c.comment_id.in_(comment_ids),
            reviewable.c.kind == Kind.SPOT_CHECK.value,
            decision.c.actor.startswith(actors.PEOPLE),
            decision.c.actor != actor,
            decision.c.undoes.is_(None),
            journal.c.undone_by.is_(None),
        )
        .order_by(decision.c.id)
    )
    found: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for comment_id, number, at, status in rows:
        found.setdefault((comment_id, number), []).append((at, status))
    return found


def _outcomes(
    conn: Connection, actor: str, site_ids: Collection[int], now: datetime
) -> dict[str, int]:
    rows = conn.execute(
        select(appeal.c.outcome, func.count())
        .where(
            appeal.c.contested == actor,
            appeal.c.site_id.in_(site_ids),
            appeal.c.outcome.is_not(None),
            appeal.c.created_at > now - WINDOW,
        )
        .group_by(appeal.c.outcome)
    )
    return {row[0]: row[1] for row in rows}
