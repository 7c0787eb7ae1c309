"""Tell the servers of publishers what became of comments, one message after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from moderation import (
    actors,
    deliveries,
    delivery_attempts,
    metrics,
    webhook_messages,
    webhooks,
)
from moderation.addresses import networks
from moderation.deliveries import Message
from moderation.errors import NotFound
from moderation.outgoing import NotSentError, Outside
from moderation.signing import Keyring
from workers.runtime import Runtime

log = structlog.get_logger(__name__)

# How the journal names what the service itself switches off.
ACTOR = f"{actors.POLICY}webhooks"


def deliver(runtime: Runtime) -> int:
    """Send what is due to every server that takes it; how many messages arrived."""
    sent = 0
    while message := _next(runtime):
        result = _send(runtime, message)
        arrived = result.startswith("2")
        now = datetime.now(UTC)
        with runtime.database.write() as conn:
            if arrived:
                delivery_attempts.arrived(conn, message, result, now)
            goes_on = arrived or delivery_attempts.failed(conn, message, result, now)
        if not goes_on or result == "410":
            _switch_off(runtime, message, now)
        sent += arrived
        outcome = "sent" if arrived else "failed"
        metrics.WEBHOOKS.labels(outcome).inc()
        log.info(
            "webhook_called", webhook=message.webhook, outcome=outcome, result=result
        )
    return sent


def is_due(runtime: Runtime) -> bool:
    """Whether there is anything to send."""
    with runtime.database.read() as conn:
        return deliveries.is_due(conn, grace=_grace(runtime), now=datetime.now(UTC))


def _grace(runtime: Runtime) -> timedelta:
    return timedelta(seconds=runtime.settings.grace_seconds)


def _next(runtime: Runtime) -> Message | None:
    with runtime.database.write() as conn:
        return deliveries.claim(conn, grace=_grace(runtime), now=datetime.now(UTC))


def _send(runtime: Runtime, message: Message) -> str:
    """What came of it: the status of the answer, or the word for why there is none."""
    with runtime.database.read() as conn:
        body = webhook_messages.compose(conn, message)
    keyring = Keyring(runtime.settings.secret_key)
    signed = webhook_messages.sign(message, body, keyring, datetime.now(UTC))
    outside = Outside(networks(runtime.settings.webhook_networks))
    try:
        return str(outside.post(message.url, signed.body, signed.headers))
    except NotSentError as error:
        return str(error)


def _switch_off(runtime: Runtime, message: Message, now: datetime) -> None:
    """Nobody has answered for days, or the server says that it is gone for good."""
    try:
        with runtime.database.write() as conn:
            webhooks.remove(
                conn, message.site_id, message.webhook, actor=ACTOR, now=now
            )
    except NotFound:
        # An owner was faster.
        return
    log.warning("webhook_switched_off", webhook=message.webhook)
