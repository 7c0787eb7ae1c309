"""What came of an attempt to tell a server: it took the message, or it did not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, null, select, update

from moderation.schema.webhooks import webhook
from moderation.webhooks.deliveries import (
    FIRST_PAUSE,
    GIVEN_UP_AFTER,
    LONGEST_PAUSE,
    Message,
    settle,
)

# The result of an attempt that is under way, or whose process ended.
UNANSWERED = "unanswered"


def begin(conn: Connection, message: Message, now: datetime) -> bool:
    """Note before an attempt that it failed: so it has where nobody notes anything after.

    The next one is after a pause, which grows. False when the server has not answered
    for so long that this is the last attempt. A trial is over whatever comes of it: its
    sender looks at the result.
    """
    row = conn.execute(
        select(webhook.c.failures, webhook.c.failing_since).where(
            webhook.c.id == message.webhook_id
        )
    ).one()
    since = row.failing_since or now
    pause = min(FIRST_PAUSE * 4 ** min(row.failures, 8), LONGEST_PAUSE)
    values: dict[str, Any] = {} if message.news else {"wants_trial": False}
    conn.execute(
        update(webhook)
        .where(webhook.c.id == message.webhook_id)
        .values(
            failures=row.failures + 1,
            failing_since=since,
            paused_until=now + pause,
            last_result=UNANSWERED,
            last_at=now,
            **values,
        )
    )
    return bool(now - since < GIVEN_UP_AFTER)


def arrived(conn: Connection, message: Message, result: str, now: datetime) -> None:
    """Note that a server has taken a message."""
    settle(conn, message.webhook_id, message.news, is_told=True)
    well: dict[str, Any] = {"failures": 0, "failing_since": null()}
    _end_attempt(conn, message, result, now, paused_until=null(), **well)


def failed(conn: Connection, message: Message, result: str, now: datetime) -> None:
    """Note why a server has not taken a message."""
    _end_attempt(conn, message, result, now)


def _end_attempt(
    conn: Connection, message: Message, result: str, now: datetime, **values: Any
) -> None:
    conn.execute(
        update(webhook)
        .where(webhook.c.id == message.webhook_id)
        .values(claimed_until=null(), last_result=result, last_at=now, **values)
    )
