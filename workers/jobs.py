"""The jobs, by the names that `moderation.dispatch` enqueues."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from moderation import clustering, retention
from workers import notices, webhooks
from workers.describe import describe
from workers.drain import drain
from workers.runtime import current

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
    for part in range(clustering.PARTS):
        with runtime.database.write() as conn:
            clustering.forget(conn, now - clustering.REMEMBERED, part)
    with runtime.database.write() as conn:
        count = retention.forget(conn, days=runtime.settings.ip_retention_days, now=now)
    log.info("addresses_forgotten", revisions=count)
    return count


def deliver() -> int:
    """Send the notices and messages that are due. May run twice: each is leased."""
    runtime = current()
    runtime.bell.postman_is_here()
    return notices.deliver(runtime) + webhooks.deliver(runtime)
