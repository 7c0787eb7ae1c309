"""RQ's workers, which keep what an error says out of the log and out of Redis."""

from __future__ import annotations

from typing import Any

import structlog
from redis import Redis
from rq import Queue, SimpleWorker, Worker
from rq.executions import Execution
from rq.job import Job
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from moderation.storage.job_queue import SCORE_QUEUE

log = structlog.get_logger(__name__)


class _Discreet(BaseWorker):
    """Writes a failed job by type and place, and leaves nothing but its failure.

    RQ would log the traceback as one string and keep it with the job for as long as
    failed jobs are kept. Its last line is the message of the error, in which a store
    or a parser quotes what a visitor typed.
    """

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log the error in our own form."""
        log.error("job_failed", job=job.func_name, id=job.id, exc_info=exc_info)

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: StartedJobRegistry | None = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Note the failure without its text."""
        super().handle_job_failure(job, queue, started_job_registry, "", execution)


class _InPlace(_Discreet, SimpleWorker):
    """Runs jobs in its own process, where the models are loaded."""


class _Forking(_Discreet, Worker):
    """Runs each job in a fork, so that a runaway takes nothing down with it."""


def rq_worker(redis_url: str, queue: str) -> BaseWorker:
    """The worker for a queue; connects when it begins to work."""
    kind = _InPlace if queue == SCORE_QUEUE else _Forking
    return kind(
        [queue], connection=Redis.from_url(redis_url), serializer=JSONSerializer
    )
