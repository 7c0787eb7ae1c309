"""Score and decide everything that is pending, a batch at a time."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from moderation import metrics
from moderation.comments import pending as pending_comments
from moderation.comments.pending import Pending
from moderation.policy.evaluate import choose
from workers import one_by_one
from workers.one_by_one import Scores
from workers.runtime import Runtime

log = structlog.get_logger(__name__)


def drain(runtime: Runtime) -> int:
    """Decide pending comments until none is left; how many were decided here.

    Before it ends it silences the wake-up and looks once more, so that nobody
    who rang in vain waits for the sweep.
    """
    total = 0
    while True:
        decided = decide_batch(runtime)
        if decided is None:
            runtime.job_queue.clear_wake_up()
            decided = decide_batch(runtime)
            if decided is None:
                return total
        total += decided


def decide_batch(runtime: Runtime) -> int | None:
    """Lease, score, decide and write one batch; None when nothing was pending.

    The lease and the decisions are a transaction each. Between them nothing is
    locked: on SQLite visitors go on posting while the batch is scored and judged.
    """
    started = time.perf_counter()
    settings, now = runtime.settings, datetime.now(UTC)
    lease = timedelta(seconds=settings.lease_seconds)
    _refresh(runtime)
    with runtime.database.write() as conn:
        ids = pending_comments.claim(
            conn, limit=settings.batch_size, lease=lease, now=now
        )
    if not ids:
        return None
    pending, unread = one_by_one.load(runtime, ids, now)
    scoring_started = time.perf_counter()
    batch = list(zip(pending, score(runtime, pending), strict=True))
    scoring_seconds = time.perf_counter() - scoring_started
    with runtime.database.read() as conn:
        choices = choose(
            conn,
            batch,
            defaults=runtime.thresholds,
            model_version=runtime.scorer.version,
        )
    judged = list(zip(batch, choices, strict=True))
    done, missed = one_by_one.write(runtime, judged, unread)
    seconds = time.perf_counter() - started
    metrics.SCORED.inc(sum(scores is not None for _, scores in batch))
    metrics.BATCH_SECONDS.observe(scoring_seconds)
    metrics.SCORED_PER_SECOND.set(len(batch) / seconds)
    metrics.still_alive(settings.data_dir)
    for status, count in Counter(item.to_status for item in done).items():
        metrics.DECIDED.labels(status.value, "policy").inc(count)
    log.info(
        "batch_decided",
        comments=len(done),
        missed=missed,
        scoring_ms=round(scoring_seconds * 1000, 1),
        total_ms=round(seconds * 1000, 1),
        model=runtime.scorer.version,
    )
    return len(done)


def _refresh(runtime: Runtime) -> None:
    """A model that cannot be picked up is no reason to stop scoring with the present."""
    try:
        runtime.scorer.refresh()
    except Exception as error:
        log.error("refresh_failed", error=type(error).__name__)


def score(runtime: Runtime, pending: Sequence[Pending]) -> list[Scores]:
    """Scores for a batch; None for a comment that makes the scorer fail.

    One poisoned comment must not keep the others waiting, so a batch that fails
    is scored one by one. Whatever has no scores, the policy holds.
    """
    fields = [item.input.fields for item in pending]
    try:
        given = runtime.scorer.score(fields)
        if len(given) == len(pending):
            return [_usable(each) for each in given]
        log.warning("batch_failed", comments=len(fields), error="AnswersMissing")
    # The outermost edge: a visitor's text may find a fault that nobody thought of.
    except Exception as error:
        log.warning("batch_failed", comments=len(fields), error=type(error).__name__)
    answers: list[Scores] = []
    for item in pending:
        try:
            (answer,) = runtime.scorer.score([item.input.fields])
            answers.append(_usable(answer))
        except Exception as error:
            answers.append(None)
            log.error(
                "scoring_failed", comment=item.comment_id, error=type(error).__name__
            )
    return answers


def _usable(scores: Mapping[str, float]) -> Scores:
    """The scores, or None where one is no number: it would be over no threshold."""
    return scores if all(map(math.isfinite, scores.values())) else None
