"""Tell the servers of publishers what became of comments, one message after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from moderation import metrics
from moderation.audit import actors
from moderation.errors import NotFound
from moderation.ip_addresses import networks
from moderation.outbound.http_client import NotSentError, Outside
from moderation.signing import Keyring
from moderation.webhooks import attempts, deliveries, endpoints, payloads
from moderation.webhooks.deliveries import Message
from workers.budgets import Budget
from workers.runtime import Runtime

log = structlog.get_logger(__name__)

# How the journal names what the service itself switches off.
ACTOR = f"{actors.POLICY}webhooks"


def deliver(runtime: Runtime, budget: Budget) -> int:
    """Send what is due to every server that takes it; how many messages arrived.

    What is left when the time of the job is used up is for the next one.
    """
    sent = 0
    while not budget.is_used and (attempt := _next(runtime)):
        message, goes_on = attempt
        result = _send(runtime, message, budget.exchange_seconds)
        arrived = result.startswith("2")
        now = datetime.now(UTC)
        note = attempts.arrived if arrived else attempts.failed
        with runtime.database.write() as conn:
            note(conn, message, result, now)
        if result == "410" or not (arrived or goes_on):
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


def _next(runtime: Runtime) -> tuple[Message, bool] | None:
    """What to send next, and whether there will be another attempt if this one fails."""
    now = datetime.now(UTC)
    with runtime.database.write() as conn:
        message = deliveries.claim(conn, grace=_grace(runtime), now=now)
        if message is None:
            return None
        return message, attempts.begin(conn, message, now)


def _send(runtime: Runtime, message: Message, seconds: float) -> str:
    """What came of it: the status of the answer, or the word for why there is none."""
    with runtime.database.read() as conn:
        body = payloads.compose(conn, message)
    keyring = Keyring(runtime.settings.secret_key)
    signed = payloads.sign(message, body, keyring, datetime.now(UTC))
    named = networks(runtime.settings.webhook_networks)
    outside = Outside(named, seconds=seconds)
    try:
        return str(outside.post(message.url, signed.body, signed.headers))
    except NotSentError as error:
        return str(error)


def _switch_off(runtime: Runtime, message: Message, now: datetime) -> None:
    """Nobody has answered for days, or the server says that it is gone for good."""
    try:
        with runtime.database.write() as conn:
            endpoints.remove(
                conn, message.site_id, message.webhook, actor=ACTOR, now=now
            )
    except NotFound:
        # An owner was faster.
        return
    log.warning("webhook_switched_off", webhook=message.webhook)
