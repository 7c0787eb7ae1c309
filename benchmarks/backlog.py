"""What visitors wait for while two workers drain a backlog into the same SQLite file."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, func, select

from benchmarks.drain import fill
from benchmarks.intake import to_ours
from benchmarks.load import Answers, Load
from benchmarks.report import Table
from benchmarks.subjects import Ours, until
from benchmarks.wording import comments
from moderation.enums import Status
from moderation.schema.comments import comment
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue

PENDING = 200_000
LONG = 5_000
LONG_CHARACTERS = 10_000
WORKERS = 2
# Posts a second, and how long they go on; less where the backlog ends before.
RATE = 20.0
SECONDS = 20
WARM_UP = 64
LOOK_SECONDS = 0.25
# What visitors posted just now is no backlog.
FEW = 100
GOAL_MILLISECONDS = 250.0
GOAL_SHARE = 0.8


@dataclass(frozen=True)
class Run:
    """One drain: its comments a second, and what visitors met meanwhile."""

    per_second: float
    visitors: Answers | None


def measure(*, comments: int = PENDING) -> Table:
    """Each backlog drained twice: alone, and while visitors post at a steady rate."""
    table = Table(
        f"Backlog: {WORKERS} workers on SQLite, {RATE:.0f} posts a second meanwhile",
        ("pending", "comments/s", "posts answered", "p50 ms", "p95 ms", "longest ms"),
    )
    kinds = (
        (f"{comments:,}", comments, 0),
        (
            f"{comments * LONG // PENDING:,} long ones",
            comments * LONG // PENDING,
            LONG_CHARACTERS,
        ),
    )
    for what, count, characters in kinds:
        alone = _run(count, characters, with_visitors=False)
        beside = _run(count, characters, with_visitors=True)
        table.add(f"{what}, nobody else", f"{alone.per_second:,.0f}", *4 * ("",))
        answers = beside.visitors
        assert answers is not None
        shown = (answers.percentile(share) for share in (0.5, 0.95, 1))
        table.add(
            f"{what}, with visitors",
            f"{beside.per_second:,.0f}",
            f"{len(answers.latencies)}",
            *(f"{each:.1f}" for each in shown),
        )
        table.at_most(
            f"{what}: visitors' p95", answers.percentile(0.95), GOAL_MILLISECONDS, "ms"
        )
        share = beside.per_second / alone.per_second
        table.ratio(f"{what}: drain beside visitors", share, GOAL_SHARE)
    return table


def _run(count: int, characters: int, *, with_visitors: bool) -> Run:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, ExitStack() as running:
        ours = Ours(Path(name))
        database = ours.connect()
        running.callback(database.close)
        for each in (ours.wake_up(), ours.web()):
            running.enter_context(each)
        for _ in range(WORKERS):
            running.enter_context(ours.worker())
        requests = to_ours(
            ours.address, comments(WARM_UP + int(RATE * SECONDS), seed=2)
        )
        Load(ours.address, requests[:WARM_UP]).send()
        until(lambda: _left(database) == 0, "the first decisions")
        fill(ours, database, count, characters=characters)
        return _drain(ours, database, requests[WARM_UP:] if with_visitors else [])


def _drain(ours: Ours, database: Database, requests: list[bytes]) -> Run:
    """Ring, post meanwhile, and count decisions until time or the backlog is over."""
    answers: list[Answers] = []
    load = Load(ours.address, requests, connections=64, rate=RATE)
    visitors = threading.Thread(target=lambda: answers.append(load.send()))
    before = _decided(database)
    started = time.perf_counter()
    JobQueue.at(ours.settings.redis_url).wake_worker()
    if requests:
        visitors.start()
    while time.perf_counter() - started < SECONDS and _left(database) > FEW:
        time.sleep(LOOK_SECONDS)
    seconds = time.perf_counter() - started
    decided = _decided(database) - before
    if requests:
        visitors.join()
        if set(answers[0].statuses) != {202}:
            raise RuntimeError(f"not all were taken: {answers[0].statuses}")
    return Run(decided / seconds, answers[0] if requests else None)


def _left(database: Database) -> int:
    return _count(database, comment.c.status == Status.PENDING.value)


def _decided(database: Database) -> int:
    return _count(database, comment.c.status != Status.PENDING.value)


def _count(database: Database, which: ColumnElement[bool]) -> int:
    with database.read() as conn:
        return conn.execute(select(func.count()).where(which)).scalar_one()
