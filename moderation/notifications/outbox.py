"""The outbox: notices whose grace time is over are taken, sent once, or given up.

Sending cannot be part of a transaction. So each notice is marked before the mail server
gets it: where a process dies between the mark and the answer nobody knows whether it
arrived, and it is given up rather than sent twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, null, select, update

from moderation.enums import Notice, Reason, Status
from moderation.schema.audit import decision
from moderation.schema.comments import IS_CURRENT, author, comment, revision, thread
from moderation.schema.feedback import appeal
from moderation.schema.notifications import notice, notice_request
from moderation.schema.sites import site
from moderation.storage import leases

# A mail server that is away is asked again after 1, 4, 16 and 64 minutes.
ATTEMPTS_MAX = 5
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = FIRST_PAUSE * 4 ** (ATTEMPTS_MAX - 2)
LEASE = timedelta(minutes=2)

_STANDING = {
    Notice.APPROVED: Status.APPROVED,
    Notice.OVERTURNED: Status.APPROVED,
    Notice.REJECTED: Status.REJECTED,
    Notice.UPHELD: Status.REJECTED,
}


@dataclass(frozen=True)
class OutgoingEmail:
    """A notice with all that its mail says."""

    id: int
    kind: Notice
    # This one included.
    attempts: int
    language: str
    email: str
    author_id: str
    comment_id: str
    name: str
    text: str
    site_name: str
    thread_url: str
    thread_title: str
    reason: Reason | None
    answer: str


def is_due(conn: Connection, *, grace: timedelta, now: datetime) -> bool:
    """Whether a notice should leave."""
    return conn.execute(_due(grace, now)).first() is not None


def claim(conn: Connection, *, grace: timedelta, now: datetime) -> OutgoingEmail | None:
    """Lease the next notice whose grace time is over; None when there is none.

    What has been overtaken is dropped on the way: the comment stands otherwise now, or
    its author was told the same before.
    """
    while True:
        statement = _due(grace, now).with_for_update(of=notice, skip_locked=True)
        row = conn.execute(statement).first()
        if row is None:
            return None
        # An attempt is counted before it is made. Where the processes died in all of
        # them there will be no other.
        if row.handed_at is not None or row.attempts >= ATTEMPTS_MAX:
            give_up(conn, row.id, now)
        elif _is_overtaken(conn, row):
            conn.execute(delete(notice).where(notice.c.id == row.id))
        else:
            conn.execute(
                update(notice)
                .where(notice.c.id == row.id)
                .values(attempts=row.attempts + 1, claimed_until=now + LEASE)
            )
            return _letter(conn, row)


def hand_over(conn: Connection, notice_id: int, now: datetime) -> bool:
    """Mark that the mail server gets it now; False when it was withdrawn or given."""
    handed = conn.execute(
        update(notice)
        # By another process, perhaps, which got it when the lease had run out.
        .where(notice.c.id == notice_id, notice.c.handed_at.is_(None))
        .values(handed_at=now)
    )
    return bool(handed.rowcount)


def settle(conn: Connection, notice_id: int, now: datetime) -> None:
    """Note that the mail server has taken it."""
    _end_attempt(conn, notice_id, sent_at=now)


def put_off(conn: Connection, letter: OutgoingEmail, now: datetime) -> bool:
    """Try again later, after longer and longer pauses; False when it was given up."""
    if letter.attempts >= ATTEMPTS_MAX:
        give_up(conn, letter.id, now)
        return False
    pause = FIRST_PAUSE * 4 ** (letter.attempts - 1)
    _end_attempt(conn, letter.id, due_at=now + pause, handed_at=null())
    return True


def give_up(conn: Connection, notice_id: int, now: datetime) -> None:
    """Never send it; the row stays and says so."""
    _end_attempt(conn, notice_id, failed_at=now)


def _end_attempt(conn: Connection, notice_id: int, **values: Any) -> None:
    conn.execute(
        update(notice)
        .where(notice.c.id == notice_id)
        .values(claimed_until=null(), **values)
    )


def _due(grace: timedelta, now: datetime) -> Select[Any]:
    """The next notice; one that a later decision may overtake waits for that one."""
    later = notice.alias("later")
    overtaking = select(later.c.id).where(
        later.c.comment_id == notice.c.comment_id,
        later.c.id > notice.c.id,
        later.c.sent_at.is_(None),
        later.c.failed_at.is_(None),
    )
    return (
        select(
            notice.c.id,
            notice.c.kind,
            notice.c.attempts,
            notice.c.comment_id,
            notice.c.handed_at,
        )
        .where(
            leases.has_come(notice.c.due_at, now - grace, LONGEST_PAUSE + grace),
            notice.c.sent_at.is_(None),
            notice.c.failed_at.is_(None),
            leases.is_free(notice.c.claimed_until, now, LEASE),
            (notice.c.kind == Notice.CONFIRM.value) | ~overtaking.exists(),
        )
        .order_by(notice.c.due_at, notice.c.id)
        .limit(1)
    )


def _is_overtaken(conn: Connection, row: Any) -> bool:
    status, confirmed_at = conn.execute(
        select(comment.c.status, author.c.email_confirmed_at)
        .join(author, author.c.id == comment.c.author_id)
        .where(comment.c.id == row.comment_id)
    ).one()
    if row.kind == Notice.CONFIRM:
        return confirmed_at is not None
    told = conn.execute(
        select(notice.c.kind)
        .where(
            notice.c.comment_id == row.comment_id,
            notice.c.kind != Notice.CONFIRM.value,
            notice.c.sent_at.is_not(None),
        )
        .order_by(notice.c.id.desc())
        .limit(1)
    ).scalar()
    return bool(status != _STANDING[Notice(row.kind)] or told == row.kind)


def _letter(conn: Connection, row: Any) -> OutgoingEmail:
    reason = (
        select(decision.c.reason)
        .where(decision.c.comment_id == comment.c.id)
        .order_by(decision.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = conn.execute(
        select(
            notice_request.c.language,
            revision.c.email,
            author.c.public_id.label("author_id"),
            comment.c.public_id.label("comment_id"),
            revision.c.name,
            revision.c.text,
            site.c.name.label("site_name"),
            thread.c.url.label("thread_url"),
            thread.c.title.label("thread_title"),
            reason.label("reason"),
            appeal.c.answer,
        )
        .select_from(comment)
        .join(notice_request, notice_request.c.comment_id == comment.c.id)
        .join(revision, IS_CURRENT)
        .join(author, author.c.id == comment.c.author_id)
        .join(site, site.c.id == comment.c.site_id)
        .join(thread, thread.c.id == comment.c.thread_id)
        .outerjoin(appeal, appeal.c.comment_id == comment.c.id)
        .where(comment.c.id == row.comment_id)
    ).one()
    values = dict(found._mapping)
    values["reason"] = Reason(found.reason) if found.reason else None
    values["answer"] = found.answer or ""
    return OutgoingEmail(
        id=row.id, kind=Notice(row.kind), attempts=row.attempts + 1, **values
    )
