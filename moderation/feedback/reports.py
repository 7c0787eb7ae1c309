"""Readers report published comments; how much a report counts depends on who reports.

A reporter who was right often counts more than one who was mostly wrong. Weights are
means of a Beta distribution: `(right + PRIOR) / (right + wrong + 2 * PRIOR)`, so a
reader whom nobody knows counts one half, and a record of ten wrong reports one seventh.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, insert, null, select, update

from moderation.enums import Kind, ReportReason, Status
from moderation.errors import NotFound, Refused
from moderation.ids import new_key, new_public_id
from moderation.review import reviewables
from moderation.review.reviewables import Waiting
from moderation.schema.comments import comment
from moderation.schema.feedback import HAS_REPORTER, report
from moderation.storage import site_locks
from moderation.storage.bulk import one_of

TEXT_MAX = 1_000
# As many right and wrong reports as everybody starts with.
PRIOR = 2


@dataclass(frozen=True)
class ReportRequest:
    """What a reader says is wrong with a comment."""

    complaint: ReportReason
    text: str
    # Keyed hash of the reader's address.
    reporter: str


@dataclass(frozen=True)
class Report:
    """A report as moderators see it: what was said and how much it counts."""

    complaint: ReportReason
    text: str
    weight: float
    at: datetime
    # Whether the moderators agreed; None while it waits.
    agreed: bool | None


def submit(
    conn: Connection,
    public_id: str,
    said: ReportRequest,
    now: datetime,
    *,
    site_id: int | None = None,
) -> None:
    """Keep a report and put the comment into the lane, or higher up in it.

    NotFound unless the comment can be read, on this site if one is given; Refused for
    the same reader's second report about it.
    """
    if len(said.text) > TEXT_MAX:
        length = len(said.text)
        raise Refused("report_too_long", field="text", length=length, limit=TEXT_MAX)
    # One at a time: two readers at once are two reports, but one comment in the lane.
    site_locks.lock_site_of(conn, public_id)
    row = conn.execute(
        select(comment.c.id, comment.c.revision, comment.c.site_id).where(
            comment.c.public_id == public_id,
            comment.c.status == Status.APPROVED.value,
        )
    ).first()
    if row is None or site_id not in (None, row.site_id):
        raise NotFound("comment")
    known = select(report.c.id).where(
        report.c.comment_id == row.id, report.c.reporter == said.reporter
    )
    if conn.execute(known).first() is not None:
        raise Refused("reported_already")
    conn.execute(
        insert(report),
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": row.site_id,
            "comment_id": row.id,
            "revision": row.revision,
            "reporter": said.reporter,
            "reason": said.complaint.value,
            "text": said.text,
            "weight": weight(conn, row.site_id, said.reporter),
            "created_at": now,
        },
    )
    open_ones = conn.execute(
        select(func.sum(report.c.weight)).where(
            report.c.comment_id == row.id, report.c.agreed.is_(None)
        )
    ).scalar_one()
    waiting = Waiting(row.id, row.site_id, Kind.REPORTED, round(open_ones, 4), 0.0)
    reviewables.open_or_raise(conn, waiting, now)


def weight(conn: Connection, site_id: int, reporter: str) -> float:
    """What a report counts, 0 to 1, by how often this reader was right on the site."""
    right, wrong = conn.execute(
        select(
            func.count(case((report.c.agreed.is_(True), 1))),
            func.count(case((report.c.agreed.is_(False), 1))),
        ).where(report.c.site_id == site_id, report.c.reporter == reporter)
    ).one()
    return round((right + PRIOR) / (right + wrong + 2 * PRIOR), 4)


def apply_decision(
    conn: Connection, comment_ids: Collection[int], journal_id: int, *, agreed: bool
) -> None:
    """Say that moderators agreed, or not, with all that is open about the comments."""
    if not comment_ids:
        return
    conn.execute(
        update(report)
        .where(
            one_of(conn, report.c.comment_id, comment_ids), report.c.agreed.is_(None)
        )
        .values(agreed=agreed, settled_by=journal_id)
    )


def reopen(conn: Connection, undone: int, by: int) -> None:
    """Forget what an entry said about reports, or say it again; `by` undoes it.

    What is said again follows from what the comments are by now.
    """
    rejected = (
        select(comment.c.id)
        .where(
            comment.c.id == report.c.comment_id,
            comment.c.status == Status.REJECTED.value,
        )
        .exists()
    )
    conn.execute(
        update(report)
        .where(report.c.settled_by == undone)
        .values(
            agreed=case((report.c.agreed.is_(None), rejected), else_=null()),
            settled_by=by,
        )
    )


def of(conn: Connection, comment_ids: Sequence[int]) -> dict[int, list[Report]]:
    """The reports about each comment, oldest first; who reported is not in them."""
    rows = conn.execute(
        select(report).where(report.c.comment_id.in_(comment_ids)).order_by(report.c.id)
    )
    found: dict[int, list[Report]] = {}
    for row in rows:
        complaint = ReportReason(row.reason)
        each = Report(complaint, row.text, row.weight, row.created_at, row.agreed)
        found.setdefault(row.comment_id, []).append(each)
    return found


def forget(conn: Connection, before: datetime, limit: int) -> int:
    """Drop the hashed addresses of old reports, `limit` at most; how many there were.

    The report stays, under a name that nobody else has: it has no record any more.
    """
    known = (
        select(report.c.id)
        .where(HAS_REPORTER, report.c.created_at < before)
        .order_by(report.c.created_at)
        .limit(limit)
        # What is being settled at this moment has time until the next hour.
        .with_for_update(skip_locked=True)
    )
    forgotten = conn.execute(
        update(report).where(report.c.id.in_(known)).values(reporter=report.c.public_id)
    )
    return int(forgotten.rowcount)
