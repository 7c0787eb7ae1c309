"""Score and decide everything that is pending, a batch at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from moderation import cases, decisions, metrics, policy
from moderation.cases import Pending
from moderation.decisions import Applied
from moderation.journals import Entry
from moderation.vocabulary import Act
from workers.runtime import Runtime

log = structlog.get_logger(__name__)

Scores = Mapping[str, float] | None


def drain(runtime: Runtime) -> int:
    """Decide pending comments until none is left; how many were decided here.

    Before it ends it silences the doorbell and looks once more, so that nobody
    who rang in vain waits for the sweep.
    """
    total = 0
    while True:
        decided = decide_batch(runtime)
        if decided is None:
            runtime.bell.silence()
            decided = decide_batch(runtime)
            if decided is None:
                return total
        total += decided


def decide_batch(runtime: Runtime) -> int | None:
    """Lease, score, decide and write one batch; None when nothing was pending.

    The lease and the decisions are a transaction each. Between them nothing is
    locked: on SQLite visitors go on posting while the batch is being scored.
    """
    started = time.perf_counter()
    settings, now = runtime.settings, datetime.now(UTC)
    lease = timedelta(seconds=settings.lease_seconds)
    runtime.scorer.refresh()
    with runtime.database.write() as conn:
        ids = cases.claim(conn, limit=settings.batch_size, lease=lease, now=now)
    if not ids:
        return None
    with runtime.database.read() as conn:
        pending = cases.load(conn, ids, now)
    scoring_started = time.perf_counter()
    batch = list(zip(pending, score(runtime, pending), strict=True))
    scoring_seconds = time.perf_counter() - scoring_started
    applied = _write(runtime, batch)
    seconds = time.perf_counter() - started
    metrics.SCORED.inc(sum(scores is not None for _, scores in batch))
    metrics.BATCH_SECONDS.observe(scoring_seconds)
    metrics.SCORED_PER_SECOND.set(len(batch) / seconds)
    for status, count in Counter(item.to_status for item in applied.done).items():
        metrics.DECIDED.labels(status.value, "policy").inc(count)
    log.info(
        "batch_decided",
        comments=len(applied.done),
        missed=len(applied.missed),
        scoring_ms=round(scoring_seconds * 1000, 1),
        total_ms=round(seconds * 1000, 1),
        model=runtime.scorer.version,
    )
    return len(applied.done)


def score(runtime: Runtime, pending: Sequence[Pending]) -> list[Scores]:
    """Scores for a batch; None for a comment that makes the scorer fail.

    One poisoned comment must not keep the others waiting, so a batch that fails
    is scored one by one. Whatever has no scores, the policy holds.
    """
    fields = [item.fields for item in pending]
    try:
        return list(runtime.scorer.score(fields))
    # The outermost edge: a visitor's text may find a fault that nobody thought of.
    except Exception as error:
        log.warning("batch_failed", comments=len(fields), error=type(error).__name__)
    answers: list[Scores] = []
    for item in pending:
        try:
            answers.extend(runtime.scorer.score([item.fields]))
        except Exception as error:
            answers.append(None)
            log.error(
                "scoring_failed", comment=item.comment_id, error=type(error).__name__
            )
    return answers


def _write(runtime: Runtime, batch: Sequence[tuple[Pending, Scores]]) -> Applied:
    now, version = datetime.now(UTC), runtime.scorer.version
    entry = Entry(Act.SCORE, policy.VERSION, now, detail={"model": version})
    with runtime.database.write() as conn:
        choices = cases.choose(
            conn, batch, defaults=runtime.thresholds, model_version=version
        )
        cases.keep_scores(conn, batch, model_version=version, now=now)
        return decisions.apply(conn, entry, choices)
