"""A worker process: ``python -m workers.worker score`` or ``… slow``."""

from __future__ import annotations

import os
import signal
import sys
import time

import structlog
from redis.exceptions import RedisError
from rq.worker import BaseWorker

from moderation import logs
from moderation.settings import Settings
from moderation.storage.data_folder import PRIVATE_UMASK
from moderation.storage.job_queue import SCORE_QUEUE, SLOW_QUEUE
from workers.rq_workers import rq_worker
from workers.runtime import Runtime, install
from workers.sweep import Sweep

# RQ doubles its pauses while Redis is away; nobody should wait a minute for it.
RECONNECT_SECONDS = 2

log = structlog.get_logger(__name__)


def work(runtime: Runtime, queue: str) -> None:
    """Serve one queue until SIGTERM or SIGINT; the batch at hand is finished first.

    Scoring runs in this very process, where the models are loaded; the slow queue
    forks for every job, so that a runaway takes nothing down with it. While Redis
    is away the sweep goes on by itself.
    """
    install(runtime)
    sweep = Sweep(runtime)
    if queue == SCORE_QUEUE:
        sweep.start()
    try:
        while not _serve(runtime.settings.redis_url, queue):
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, _leave)
            time.sleep(RECONNECT_SECONDS)
    finally:
        sweep.stop()
        runtime.database.close()


def _serve(redis_url: str, queue: str) -> bool:
    """Work until told to stop or until Redis is lost; whether it was told to stop.

    RQ waits for Redis where it asks for a job, and gives up anywhere else.
    """
    worker: BaseWorker | None = None
    try:
        worker = rq_worker(redis_url, queue)
        worker.max_connection_wait_time = RECONNECT_SECONDS
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("redis_lost", error=type(error).__name__)
    # The first signal makes RQ answer the next one by force.
    return (
        worker is not None
        and signal.getsignal(signal.SIGTERM) == worker.request_force_stop
    )


def _leave(_number: int, _frame: object) -> None:
    sys.exit(0)


def main(arguments: list[str]) -> int:
    """Run from the command line; the exit code."""
    queues = (SCORE_QUEUE, SLOW_QUEUE)
    if len(arguments) != 1 or arguments[0] not in queues:
        print(f"usage: python -m workers.worker {'|'.join(queues)}", file=sys.stderr)
        return 2
    os.umask(PRIVATE_UMASK)
    settings = Settings.read()
    logs.configure(settings.log_level)
    settings = settings.with_secret_key()
    work(Runtime.build(settings), arguments[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
