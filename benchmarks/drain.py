"""Comments decided a second by one worker process, beside a job for each comment."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.report import Table
from benchmarks.subjects import ORIGIN, Ours, postgresql, until
from benchmarks.wording import comments as some_texts
from moderation.comments.draft import Draft
from moderation.comments.submission import Channel, Submission
from moderation.comments.submit import draft, submit
from moderation.enums import Status
from moderation.schema.audit import decision
from moderation.schema.comments import comment, scoring
from moderation.signing import Keyring
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue

PENDING = 50_000
JOBS = 1_500
FORKED_JOBS = 300
PAGES = 200
AUTHORS = 5_000
GOAL_PER_SECOND = 3_000
GOAL_TIMES = 15
# Too long for any machine: then something is wrong.
PATIENCE_SECONDS = 600.0


def measure() -> Table:
    """The drain on both stores, and the naive way on SQLite."""
    table = Table(
        f"Drain: {PENDING:,} pending comments, one worker process",
        ("", "store", "comments", "seconds", "comments/s"),
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        ours = Ours(Path(name) / "sqlite")
        on_sqlite = _drain(ours)
        _row(table, "batches", "SQLite", PENDING, on_sqlite)
        simple = _one_job_each(Ours(Path(name) / "simple"), JOBS, "SimpleWorker")
        _row(table, "a job each, no fork", "SQLite", JOBS, simple)
        forking = _one_job_each(Ours(Path(name) / "forking"), FORKED_JOBS, "Worker")
        _row(table, "a job each, RQ's default", "SQLite", FORKED_JOBS, forking)
        with postgresql() as url:
            ours = Ours(Path(name) / "postgresql", database_url=url)
            on_postgresql = _drain(ours)
        _row(table, "batches", "PostgreSQL", PENDING, on_postgresql)
    for store, rate in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        table.at_least(f"drain on {store}", rate, GOAL_PER_SECOND, "comments/s")
    table.ratio("batches against a job each, no fork", on_sqlite / simple, GOAL_TIMES)
    table.ratio("batches against RQ's default", on_sqlite / forking, GOAL_TIMES)
    return table


def fill(
    ours: Ours, database: Database, count: int, *, characters: int = 0
) -> list[int]:
    """Store pending comments in one commit, as the door would; their row keys.

    One commit, so that a running worker sees all of them or none.
    """
    drafts = _drafts(ours, count, characters)
    with database.write() as conn:
        for begin in range(0, count, 1000):
            submit(conn, drafts[begin : begin + 1000])
        return list(conn.execute(select(comment.c.id).order_by(comment.c.id)).scalars())


def _drafts(ours: Ours, count: int, characters: int) -> list[Draft]:
    keyring, now = Keyring(ours.settings.secret_key), datetime.now(UTC)
    return [
        draft(
            Submission(
                site_key=ours.site.key,
                door=Channel.BROWSER,
                text=_long(text, characters) if characters else text,
                name=f"Reader {number % AUTHORS}",
                email=f"reader{number % AUTHORS}@example.org",
                thread_url=f"{ORIGIN}/{number % PAGES}",
                thread_title="News",
                address="192.0.2.1",
                user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            ),
            ours.site,
            keyring,
            seconds_on_form=30.0,
            now=now,
        )
        for number, text in enumerate(some_texts(count))
    ]


def _long(text: str, characters: int) -> str:
    """The text again and again until it has this many characters."""
    return (f"{text} " * (characters // len(text) + 1))[:characters].strip()


def _drain(ours: Ours) -> float:
    """Comments a second from the ring of the wake-up to the last decision."""
    database = ours.connect()
    with ours.wake_up(), ours.worker():
        fill(ours, database, PENDING)
        started = time.perf_counter()
        JobQueue.at(ours.settings.redis_url).wake_worker()
        until(lambda: not pending(database), "the drain", PATIENCE_SECONDS)
        seconds = time.perf_counter() - started
    _all_decided(database, PENDING)
    database.close()
    return PENDING / seconds


def _one_job_each(ours: Ours, count: int, kind: str) -> float:
    """Comments a second when every comment is a job, with the same code in the job."""
    database = ours.connect()
    with ours.wake_up():
        ids = fill(ours, database, count)
        naive = [sys.executable, "-m", "benchmarks.naive", kind, *map(str, ids)]
        answer = subprocess.run(
            naive, env=ours.environment(), check=True, stdout=subprocess.PIPE
        )
    _all_decided(database, count)
    database.close()
    return count / float(answer.stdout)


def pending(database: Database) -> bool:
    """Whether a comment still waits for its decision."""
    query = select(comment.c.id).where(comment.c.status == Status.PENDING.value)
    with database.read() as conn:
        return conn.execute(query.limit(1)).first() is not None


def _all_decided(database: Database, count: int) -> None:
    """Make sure that every comment has one decision and was really scored."""
    one_each = select(func.count(decision.c.comment_id.distinct()), func.count())
    with database.read() as conn:
        decided, decisions = conn.execute(one_each.select_from(decision)).one()
        scored = conn.execute(select(func.count()).select_from(scoring)).scalar_one()
    if {decided, decisions, scored} != {count}:
        raise RuntimeError(
            f"of {count}: {decided} decided by {decisions} decisions, {scored} scored"
        )


def _row(table: Table, what: str, store: str, count: int, rate: float) -> None:
    table.add(what, store, f"{count:,}", f"{count / rate:.1f}", f"{rate:,.0f}")
