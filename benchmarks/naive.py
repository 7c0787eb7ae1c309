"""The naive way: one RQ job for each comment, with the service's own code in it.

``python -m benchmarks.naive SimpleWorker|Worker ID …`` prints the seconds it took.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import rq
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from moderation.audit.journal import Entry
from moderation.comments import pending as pending_comments
from moderation.decisions.apply import apply
from moderation.enums import Act
from moderation.policy import rules, scores
from moderation.policy.evaluate import choose
from moderation.settings import Settings
from workers import score
from workers.runtime import Runtime, current, install

QUEUE = "naive"


def score_comment(comment_id: int) -> None:
    """Load, score, decide and write one comment in one transaction."""
    runtime, now = current(), datetime.now(UTC)
    with runtime.database.read() as conn:
        pending = pending_comments.load(conn, [comment_id], now)
    scored = list(zip(pending, score.score(runtime, pending), strict=True))
    version = runtime.scorer.version
    with runtime.database.write() as conn:
        choices = choose(
            conn, scored, defaults=runtime.thresholds, model_version=version
        )
        scores.keep_scores(conn, scored, model_version=version, now=now)
        entry = Entry(Act.SCORE, rules.VERSION, now, detail={"model": version})
        apply(conn, entry, choices)


def main(kind: str, ids: list[str]) -> None:
    """Enqueue a job for each comment, then time a worker that does them all."""
    settings = Settings.read()
    install(Runtime.build(settings))
    connection = Redis.from_url(settings.redis_url)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    for comment_id in ids:
        queue.enqueue("benchmarks.naive.score_comment", int(comment_id), result_ttl=0)
    worker: rq.Worker = getattr(rq, kind)(
        [queue], connection=connection, serializer=JSONSerializer
    )
    started = time.perf_counter()
    worker.work(burst=True, logging_level="WARNING")
    print(time.perf_counter() - started)


if __name__ == "__main__":
    # RQ finds the job in the module by its name, not in what runs as __main__.
    main(sys.argv[1], sys.argv[2:])
