"""Deliveries: what the servers of publishers are to be told, batch by batch.

A row for each server and comment says that there may be news. What is sent is how the
comment stands when the grace time is over, and nothing where the server was told that
already: so an act that was undone in time never went out. A message may arrive twice,
never in the wrong order, and none is lost while a server is away for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
    update,
)

from moderation.enums import Status
from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.schema.types import Instant
from moderation.schema.webhooks import delivery, webhook
from moderation.storage import leases
from moderation.storage.bulk import one_of
from moderation.storage.database import upsert

# Comments in one message.
BATCH = 50
LEASE = timedelta(minutes=1)
# After a failure, and four times as long after each further one.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# Who has not answered for so long is not told any more.
GIVEN_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class News:
    """A comment that a server is told about, by row key, and since when there is news."""

    comment_id: int
    due_at: datetime
    status: Status
    revision: int


@dataclass(frozen=True)
class Message:
    """What one server is told next: news about comments, or a trial without any."""

    webhook_id: int
    webhook: str
    url: str
    site_id: int
    site_key: str
    news: tuple[News, ...]


def note(conn: Connection, comment_ids: Sequence[int], at: datetime) -> None:
    """Note in the transaction of decisions that servers may have to be told of these."""
    if not comment_ids:
        return
    news = (
        select(webhook.c.id, comment.c.id, literal(at, Instant()))
        .join(comment, comment.c.site_id == webhook.c.site_id)
        .where(webhook.c.ended_at.is_(None), one_of(conn, comment.c.id, comment_ids))
        .order_by(webhook.c.id, comment.c.id)
    )
    columns = ["webhook_id", "comment_id", "due_at"]
    statement = upsert(conn, delivery).from_select(columns, news)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["webhook_id", "comment_id"],
            set_={"due_at": statement.excluded.due_at},
        )
    )


def is_due(conn: Connection, *, grace: timedelta, now: datetime) -> bool:
    """Whether a server should be told something."""
    return conn.execute(_due(grace, now)).first() is not None


def claim(conn: Connection, *, grace: timedelta, now: datetime) -> Message | None:
    """Lease the next server that has something to hear, with what; None: no such.

    News that is none, because the comment stands as the server knows, is dropped.
    """
    while True:
        found = _due(grace, now).with_for_update(of=webhook, skip_locked=True)
        row = conn.execute(found).first()
        if row is None:
            return None
        news = [] if row.wants_trial else _news(conn, row.id, grace, now)
        told = [each for each, is_known in news if is_known]
        settle(conn, row.id, told)
        new = tuple(each for each, is_known in news if not is_known)
        if new or row.wants_trial:
            conn.execute(
                update(webhook)
                .where(webhook.c.id == row.id)
                .values(claimed_until=now + LEASE)
            )
            return Message(
                row.id, row.public_id, row.url, row.site_id, row.site_key, new
            )


def _due(grace: timedelta, now: datetime) -> Select[Any]:
    waits = select(delivery.c.comment_id).where(
        delivery.c.webhook_id == webhook.c.id,
        delivery.c.due_at.is_not(None),
        _is_due(grace, now),
    )
    return (
        select(
            webhook.c.id,
            webhook.c.public_id,
            webhook.c.url,
            webhook.c.site_id,
            webhook.c.wants_trial,
            site.c.key.label("site_key"),
        )
        .join(site, site.c.id == webhook.c.site_id)
        .where(
            webhook.c.ended_at.is_(None),
            webhook.c.paused_until.is_(None)
            | leases.has_come(webhook.c.paused_until, now, LONGEST_PAUSE),
            leases.is_free(webhook.c.claimed_until, now, LEASE),
            webhook.c.wants_trial | waits.exists(),
        )
        # Who was told longest ago is next: no busy server keeps the others waiting.
        .order_by(func.coalesce(webhook.c.last_at, webhook.c.created_at), webhook.c.id)
        .limit(1)
    )


def _is_due(grace: timedelta, now: datetime) -> ColumnElement[bool]:
    # What a decision wrote is due at once, so that nothing lies ahead but a wrong clock.
    return leases.has_come(delivery.c.due_at, now - grace, grace)


def _news(
    conn: Connection, webhook_id: int, grace: timedelta, now: datetime
) -> list[tuple[News, bool]]:
    """What may be news to a server, oldest first, and whether it knows that already."""
    is_known = case(
        (
            (delivery.c.told_status == comment.c.status)
            & (delivery.c.told_revision == comment.c.revision),
            True,
        ),
        # It is decided anew soon, and then it is news.
        (comment.c.status == Status.PENDING.value, True),
        else_=False,
    )
    rows = conn.execute(
        select(
            delivery.c.comment_id,
            delivery.c.due_at,
            comment.c.status,
            comment.c.revision,
            is_known,
        )
        .join(comment, comment.c.id == delivery.c.comment_id)
        .where(
            delivery.c.webhook_id == webhook_id,
            delivery.c.due_at.is_not(None),
            _is_due(grace, now),
        )
        .order_by(delivery.c.due_at, delivery.c.comment_id)
        .limit(BATCH)
    )
    return [
        (News(row[0], row[1], Status(row[2]), row[3]), bool(row[4])) for row in rows
    ]


def settle(
    conn: Connection, webhook_id: int, news: Sequence[News], *, is_told: bool = False
) -> None:
    """There is no more to tell about these, unless something came meanwhile."""
    if not news:
        return
    seen = delivery.c.due_at == bindparam("seen", type_=Instant())
    values: dict[str, Any] = {"due_at": case((seen, null()), else_=delivery.c.due_at)}
    if is_told:
        values["told_status"] = bindparam("status")
        values["told_revision"] = bindparam("revision")
    rows = [
        {
            "about": each.comment_id,
            "seen": each.due_at,
            "status": each.status.value,
            "revision": each.revision,
        }
        # In the order in which decisions write them, so that neither waits for the other.
        for each in sorted(news, key=lambda it: it.comment_id)
    ]
    conn.execute(
        update(delivery)
        .where(
            delivery.c.webhook_id == webhook_id,
            delivery.c.comment_id == bindparam("about"),
        )
        .values(values),
        rows,
    )
