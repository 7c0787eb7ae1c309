"""A worker whose every statement fails in turn: ``python -m tests.workers.failing``.

The worker, its jobs, RQ, Redis and PostgreSQL are real. The store's driver raises where
the next statement would run, and its error quotes what a real one may: the statement's
parameters, the values of a key and those of a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from multiprocessing import Value
from typing import Any

import psycopg
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, delete, event, func, update

from moderation import logs
from moderation.enums import Mode
from moderation.schema.comments import author, comment
from moderation.schema.notifications import notice
from moderation.schema.webhooks import delivery
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import connect
from moderation.storage.job_queue import (
    DELIVER,
    FORGET,
    SCORE_PENDING,
    SCORE_QUEUE,
    SLOW_QUEUE,
    JobQueue,
)
from moderation.webhooks import endpoints
from tests.factories import a_comment, a_site
from tests.fakes import FixedScorer
from workers.rq_workers import rq_worker
from workers.runtime import Runtime, install
from workers.score import drain

# One of them in each thing that a visitor sends.
MARKS = {
    "text": "Zanzibarquux likes the harbour.",
    "name": "Quentin Xylophonius",
    "email": "qx@marked-domain.example",
    "url": "https://brambleweb.example/me",
    "address": "203.0.113.77",
    "user_agent": "Heronbrowser/7",
}

_number = count(1)


@dataclass
class Faults:
    """Lets the statement number `at` fail, in this process and in its forks."""

    at: int = 0
    _count: int = 0
    _was_reached: Any = field(default_factory=lambda: Value("b", 0))

    def watch(self, engine: Engine) -> None:
        """Stand between SQLAlchemy and the driver."""
        for way in ("do_execute", "do_executemany"):
            event.listen(engine, way, self._run)

    @contextmanager
    def armed(self, at: int) -> Iterator[None]:
        """Let that statement fail within the block."""
        self.at, self._count, self._was_reached.value = at, 0, 0
        try:
            yield
        finally:
            self.at = 0

    def was_reached(self) -> bool:
        """Whether there were so many statements."""
        return bool(self._was_reached.value)

    def _run(
        self, _cursor: Any, statement: str, parameters: Any, _context: Any
    ) -> None:
        self._count += 1
        if self._count != self.at:
            return
        self._was_reached.value = 1
        quoted = ", ".join(map(str, (*MARKS.values(), parameters)))
        raise psycopg.errors.UniqueViolation(
            f"duplicate key in {quoted}\nDETAIL:  Key (email)=({quoted}) already exists.\n"
            f"Failing row contains ({quoted}).\nLINE 1: {statement}"
        )


def main() -> None:
    """Run each job again and again, until no statement is left to fail."""
    settings = Settings.read()
    logs.configure("debug")
    runtime = Runtime(
        settings,
        connect(settings.sqlalchemy_url, pool_size=2),
        JobQueue.at(settings.redis_url),
        FixedScorer(),
    )
    install(runtime)
    faults = Faults()
    faults.watch(runtime.database.engine)
    with runtime.database.write() as conn:
        looks = SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED)
        site = a_site(conn, key="news", settings=looks)
        now = datetime.now(UTC)
        endpoints.add(conn, site, "http://127.0.0.1:9/", actor="owner", now=now)
    for job, queue in (
        (SCORE_PENDING, SCORE_QUEUE),
        (FORGET, SLOW_QUEUE),
        (DELIVER, SLOW_QUEUE),
    ):
        number = 0
        while number == 0 or faults.was_reached():
            number += 1
            _one_more(runtime, site)
            if job == DELIVER:
                drain(runtime)
            with faults.armed(number):
                _work(runtime, queue, job)
        print(f"{job} {number - 1}", flush=True)


def _one_more(runtime: Runtime, site: Site) -> None:
    """Another comment that waits, besides what an earlier failure left leased.

    Its author wants mail; news of earlier ones is dropped.
    """
    with runtime.database.write() as conn:
        own = {"text": f"{MARKS['text']} {next(_number)}"}
        a_comment(conn, site, notify_in="en", **MARKS | own)
        conn.execute(update(comment).values(claimed_until=None))
        conn.execute(update(author).values(email_confirmed_at=func.now()))
        conn.execute(delete(notice))
        conn.execute(delete(delivery))


def _work(runtime: Runtime, queue: str, job: str) -> None:
    connection = Redis.from_url(runtime.settings.redis_url)
    Queue(queue, connection=connection, serializer=JSONSerializer).enqueue(
        job, job_timeout=60, result_ttl=600, failure_ttl=3600
    )
    rq_worker(runtime.settings.redis_url, queue).work(
        burst=True, logging_level="WARNING"
    )
    # What this process keeps open is not for the next fork.
    runtime.database.engine.dispose()
    connection.close()


if __name__ == "__main__":
    main()
