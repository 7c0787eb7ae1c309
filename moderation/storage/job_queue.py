"""Ring for the worker; the only module of the service that knows RQ."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ReadOnlyError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from moderation.storage.redis_client import NO_REDIS

SCORE_QUEUE = "score"
SLOW_QUEUE = "slow"
# Names, not imports: the service never loads the workers or their libraries.
SCORE_PENDING = "workers.jobs.score_pending"
FORGET = "workers.jobs.forget"
DELIVER = "workers.jobs.deliver"

WAKE_UP_KEY = "moderation:wake-up"
FORGOTTEN = "moderation:forgotten"
DELIVERY_KEY = "moderation:delivery"
FORGET_EVERY_SECONDS = 3600
# If the job is lost with its worker, the delivery job is called again after this.
DELIVERY_SECONDS = 60
# Outlives a drain; if its job is lost with the worker, the next ring after this
# many seconds counts again, and the sweep does not ask the wake-up at all.
WAKE_UP_SECONDS = 10
JOB_SECONDS = 600
# Somebody who posts waits for it, so not for long and not twice.
TIMEOUT_SECONDS = 0.5


log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class JobQueue:
    """The wake-up: a hint to the workers that something is pending.

    Any number of posts ring once: only the one who sets the key enqueues a job.
    Nothing depends on it. The row is the truth, and a sweep finds every row.
    """

    redis: Redis
    queue: Queue = field(repr=False)

    @classmethod
    def at(cls, redis_url: str) -> JobQueue:
        """The wake-up at a Redis address; connects when first rung."""
        redis = Redis.from_url(
            redis_url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            # After a failover the connection leads to a replica: the next one may not.
            retry_on_error=[ReadOnlyError],
        )
        return cls(
            redis, Queue(SCORE_QUEUE, connection=redis, serializer=JSONSerializer)
        )

    def wake_worker(self) -> bool:
        """Wake a worker unless one is on its way; False when Redis is away."""
        try:
            if self.redis.set(WAKE_UP_KEY, "1", nx=True, ex=WAKE_UP_SECONDS):
                self._enqueue()
        except NO_REDIS as error:
            log.warning("wake_up_failed", error=type(error).__name__)
            return False
        return True

    def force_wake_worker(self) -> bool:
        """Wake a worker whatever the wake-up says: the sweep's way."""
        try:
            if not self.queue.count:
                self.redis.set(WAKE_UP_KEY, "1", ex=WAKE_UP_SECONDS)
                self._enqueue()
        except NO_REDIS as error:
            log.warning("wake_up_failed", error=type(error).__name__)
            return False
        return True

    def clear_wake_up(self) -> None:
        """Called by a drain that found nothing, before it looks one last time.

        Who commits after that look finds the wake-up silent and rings; who
        committed before it is found by it.
        """
        try:
            self.redis.delete(WAKE_UP_KEY)
        except NO_REDIS as error:
            log.warning("wake_up_failed", error=type(error).__name__)

    def forget_now_and_then(self) -> None:
        """Have the slow queue forget what is old; once an hour, however many ask."""
        try:
            if self.redis.set(FORGOTTEN, "1", nx=True, ex=FORGET_EVERY_SECONDS):
                slow = Queue(
                    SLOW_QUEUE, connection=self.redis, serializer=JSONSerializer
                )
                slow.enqueue(FORGET, job_timeout=JOB_SECONDS, result_ttl=0)
        except NO_REDIS as error:
            log.warning("forgetting_put_off", error=type(error).__name__)

    def schedule_delivery(self) -> None:
        """Have the slow queue send the notices that are due, unless it is about to."""
        try:
            if self.redis.set(DELIVERY_KEY, "1", nx=True, ex=DELIVERY_SECONDS):
                slow = Queue(
                    SLOW_QUEUE, connection=self.redis, serializer=JSONSerializer
                )
                slow.enqueue(DELIVER, job_timeout=JOB_SECONDS, result_ttl=0)
        except NO_REDIS as error:
            log.warning("notices_put_off", error=type(error).__name__)

    def delivery_started(self) -> None:
        """Called by the delivery job before looking: what comes due from now on calls again."""
        try:
            self.redis.delete(DELIVERY_KEY)
        except NO_REDIS as error:
            log.warning("wake_up_failed", error=type(error).__name__)

    def _enqueue(self) -> None:
        self.queue.enqueue(
            SCORE_PENDING, job_timeout=JOB_SECONDS, result_ttl=0, failure_ttl=3600
        )
