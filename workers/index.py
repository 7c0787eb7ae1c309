"""Describe what was decided: language, words, cluster; and spread what people decided.

Runs where nothing is pending: a comment that waits for its decision always comes first.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import structlog

from classifiers.text import similarity
from classifiers.text.languages import languages
from moderation import metrics
from moderation.clusters import assignment, standing_decisions
from moderation.comments import pending
from moderation.search import indexing
from moderation.search.indexing import IndexEntry, IndexRequest
from moderation.storage import site_locks
from workers.runtime import Runtime

BATCH = 200

log = structlog.get_logger(__name__)


def describe(runtime: Runtime) -> int:
    """Describe what waits for it, until nothing does or a comment is pending; how many."""
    lease = timedelta(seconds=runtime.settings.lease_seconds)
    total = 0
    while True:
        now = datetime.now(UTC)
        with runtime.database.read() as conn:
            if pending.first_waiting(conn, lease, now) is not None:
                return total
            batch = indexing.waiting(conn, BATCH)
        if not batch:
            return total
        total += _describe_batch(runtime, batch, now)
        metrics.still_alive(runtime.settings.data_dir)


def _describe_batch(runtime: Runtime, batch: list[IndexRequest], now: datetime) -> int:
    """Describe one batch: all that takes time is done before the transaction begins."""
    started = time.perf_counter()
    texts = [each.text for each in batch]
    codes = dict(
        zip((each.comment_id for each in batch), languages(texts), strict=True)
    )
    drawn = similarity.outlines(texts)
    outlines = {each.comment_id: it for each, it in zip(batch, drawn, strict=True)}
    site_ids = {each.site_id for each in batch}
    with runtime.database.write() as conn:
        site_locks.lock_sites(conn, site_ids)
        taken = indexing.take(conn, batch)
        if taken:
            indexing.write(
                conn, [IndexEntry(each, codes[each.comment_id]) for each in taken]
            )
            joined = assignment.join(
                conn,
                {each.comment_id: outlines[each.comment_id] for each in taken},
                similarity,
                now,
                site_ids=site_ids,
            )
            standing_decisions.apply(conn, joined, now)
    log.info(
        "batch_described",
        comments=len(taken),
        alike=len(joined) if taken else 0,
        total_ms=round(1000 * (time.perf_counter() - started), 1),
    )
    return len(taken)
