"""The jobs, by the names that `moderation.storage.job_queue` enqueues."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from moderation import retention
from moderation.notifications import smtp
from workers import send_notices, send_webhooks
from workers.budgets import Budget
from workers.index import describe
from workers.runtime import current
from workers.score import drain

log = structlog.get_logger(__name__)


def score_pending() -> int:
    """Decide all that is pending. May run twice, or for nothing: it asks the rows.

    Then there is time to describe what was decided.
    """
    decided = drain(current())
    describe(current())
    return decided


def forget() -> int:
    """Drop the traces of visitors that are older than the site's operator wants."""
    runtime, now = current(), datetime.now(UTC)
    days = runtime.settings.ip_retention_days
    forgotten = retention.forget(runtime.database, days=days, now=now)
    log.info("addresses_forgotten", **forgotten)
    return forgotten["revisions"]


def deliver() -> int:
    """Send the notices and messages that are due. May run twice: each is leased."""
    runtime = current()
    runtime.job_queue.delivery_started()
    mails = send_notices.deliver(
        runtime, Budget(exchange_seconds=smtp.EXCHANGE_SECONDS)
    )
    return mails + send_webhooks.deliver(runtime, Budget())
