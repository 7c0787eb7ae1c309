"""What came of an attempt to tell a server: it took the message, or it did not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    null,
    select,
    update,
)

from moderation.deliveries import (
    FIRST_PAUSE,
    GIVEN_UP_AFTER,
    LONGEST_PAUSE,
    Message,
    settle,
)
from moderation.webhook_schema import webhook


def arrived(conn: Connection, message: Message, result: str, now: datetime) -> None:
    """Note that a server has taken a message."""
    settle(conn, message.webhook_id, message.news, is_told=True)
    values: dict[str, Any] = {"failures": 0, "failing_since": null()}
    if not message.news:
        values["wants_trial"] = False
    _end_attempt(conn, message, result, now, paused_until=null(), **values)


def failed(conn: Connection, message: Message, result: str, now: datetime) -> bool:
    """Try again later, after longer and longer pauses; False when that has no point.

    A trial is over whatever came of it: its sender looks at the result.
    """
    row = conn.execute(
        select(webhook.c.failures, webhook.c.failing_since).where(
            webhook.c.id == message.webhook_id
        )
    ).one()
    since = row.failing_since or now
    pause = min(FIRST_PAUSE * 4 ** min(row.failures, 8), LONGEST_PAUSE)
    values: dict[str, Any] = {"failures": row.failures + 1, "failing_since": since}
    if not message.news:
        values["wants_trial"] = False
    _end_attempt(conn, message, result, now, paused_until=now + pause, **values)
    return bool(now - since < GIVEN_UP_AFTER)


def _end_attempt(
    conn: Connection, message: Message, result: str, now: datetime, **values: Any
) -> None:
    conn.execute(
        update(webhook)
        .where(webhook.c.id == message.webhook_id)
        .values(claimed_until=null(), last_result=result, last_at=now, **values)
    )
