"""A worker process: ``python -m workers.worker score`` or ``… slow``."""

from __future__ import annotations

import sys

from redis import Redis
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from moderation import logs
from moderation.dispatch import SCORE_QUEUE, SLOW_QUEUE
from moderation.settings import Settings
from workers.runtime import Runtime, install
from workers.schedule import Sweep

# RQ doubles its pauses while Redis is away; nobody should wait a minute for it.
RECONNECT_SECONDS = 2


def work(runtime: Runtime, queue: str) -> None:
    """Serve one queue until SIGTERM or SIGINT; the batch at hand is finished first.

    Scoring runs in this very process, where the models are loaded; the slow queue
    forks for every job, so that a runaway takes nothing down with it.
    """
    install(runtime)
    kind = SimpleWorker if queue == SCORE_QUEUE else Worker
    worker = kind(
        [queue],
        connection=Redis.from_url(runtime.settings.redis_url),
        serializer=JSONSerializer,
    )
    worker.max_connection_wait_time = RECONNECT_SECONDS
    sweep = Sweep(runtime)
    if queue == SCORE_QUEUE:
        sweep.start()
    try:
        worker.work(logging_level="WARNING")
    finally:
        sweep.stop()
        runtime.database.close()


def main(arguments: list[str]) -> int:
    """Run from the command line; the exit code."""
    queues = (SCORE_QUEUE, SLOW_QUEUE)
    if len(arguments) != 1 or arguments[0] not in queues:
        print(f"usage: python -m workers.worker {'|'.join(queues)}", file=sys.stderr)
        return 2
    settings = Settings.read().with_secret_key()
    logs.configure(settings.log_level)
    work(Runtime.build(settings), arguments[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
