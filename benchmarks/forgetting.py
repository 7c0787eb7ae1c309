"""What visitors notice of the hourly forgetting where a million addresses are old."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, literal, select, text, true

from benchmarks.drain import fill
from benchmarks.intake import to_ours
from benchmarks.load import Answers, Load
from benchmarks.report import Table
from benchmarks.subjects import Ours
from benchmarks.wording import comments as some_texts
from moderation import retention
from moderation.enums import Status
from moderation.schema.comments import comment, revision
from moderation.storage.database import Database, connect

COMMENTS = 1_000_000
RATE = 50.0
SECONDS = 20
WARM_UP = 64
DAYS = 30
GOAL_TIMES = 2.0
GOAL_MILLISECONDS = 250.0


def measure(*, comments: int = COMMENTS) -> Table:
    """The same posts on SQLite: while nothing else runs, then beside the forgetting."""
    table = Table(
        f"Forgetting {comments:,} addresses, {RATE:.0f} posts a second for {SECONDS} s",
        ("", "p50 ms", "p99 ms", "longest ms", "forgotten meanwhile"),
    )
    texts = some_texts(WARM_UP + 2 * int(RATE * SECONDS))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        ours = Ours(Path(name))
        database = ours.connect()
        _grow_old(ours, database, comments)
        # The log of the filling is no part of what is measured.
        with database.read() as conn:
            conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        with ours.wake_up(), ours.web():
            requests = to_ours(ours.address, texts)
            Load(ours.address, requests[:WARM_UP]).send()
            middle = WARM_UP + int(RATE * SECONDS)
            alone = _post(ours, requests[WARM_UP:middle])
            context = multiprocessing.get_context("spawn")
            job = context.Process(target=_forget, args=(ours.settings.sqlalchemy_url,))
            before = _known(database)
            job.start()
            beside = _post(ours, requests[middle:])
            forgotten = before + len(beside.latencies) - _known(database)
            job.terminate()
            job.join()
        database.close()
    _row(table, "nothing else", alone, 0)
    _row(table, "beside it", beside, forgotten)
    p99 = beside.percentile(0.99)
    table.at_most("beside it, p99", p99, GOAL_MILLISECONDS, "ms")
    ratio = p99 / alone.percentile(0.99)
    table.at_most("p99 beside it against p99 alone", ratio, GOAL_TIMES, "times")
    return table


def _grow_old(ours: Ours, database: Database, count: int) -> None:
    """Comments of a year ago, copied in the store from one that came through the door."""
    (key,) = fill(ours, database, 1)
    numbers = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT :count)"
        " SELECT i AS id FROM n"
    )
    copies = numbers.bindparams(count=count).columns(comment.c.id).subquery("copies")
    i = copies.c.id
    old = datetime.now(UTC) - timedelta(days=365)
    other = {
        "id": i,
        "public_id": func.printf("%032d", i),
        "status": literal(Status.APPROVED.value),
        "text_hash": i,
        "created_at": literal(old, comment.c.created_at.type),
    }
    comments = [other.get(each.name, each) for each in comment.c]
    other = {
        "comment_id": i,
        "created_at": literal(old, revision.c.created_at.type),
    }
    revisions = [other.get(each.name, each) for each in revision.c]
    with database.write() as conn:
        conn.execute(
            insert(comment).from_select(
                list(comment.c.keys()),
                select(*comments)
                .select_from(comment)
                .join(copies, true())
                .where(comment.c.id == key),
            )
        )
        conn.execute(
            insert(revision).from_select(
                list(revision.c.keys()),
                select(*revisions)
                .select_from(revision)
                .join(copies, true())
                .where(revision.c.comment_id == key),
            )
        )


def _forget(url: str) -> None:
    database = connect(url, yields=True)
    while True:
        retention.forget(database, days=DAYS, now=datetime.now(UTC))
        time.sleep(1)


def _post(ours: Ours, requests: list[bytes]) -> Answers:
    answers = Load(ours.address, requests, connections=64, rate=RATE).send()
    if answers.statuses != {202: len(requests)}:
        raise RuntimeError(f"not all were taken: {answers.statuses}")
    return answers


def _known(database: Database) -> int:
    known = select(func.count()).where(revision.c.address_hash.is_not(None))
    with database.read() as conn:
        return conn.execute(known).scalar_one()


def _row(table: Table, what: str, answers: Answers, forgotten: int) -> None:
    shown = (answers.percentile(share) for share in (0.5, 0.99, 1))
    table.add(what, *(f"{each:.1f}" for each in shown), f"{forgotten:,}")
