"""What the same words again cost when they were posted 50,000 times before."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, select

from benchmarks.report import Table
from benchmarks.subjects import ORIGIN, Ours, postgresql
from moderation.comments import pending
from moderation.comments.draft import Draft, Stored
from moderation.comments.submission import Channel, Submission
from moderation.comments.submit import draft, submit
from moderation.schema.comments import comment
from moderation.signing import Keyring

BEFORE = 50_000
ROUNDS = 40
BATCH = 16
PAGES = 200
WORDS = "Buy the finest watches of the whole town today, with fast delivery."
GOAL_TIMES = 1.5


def measure(*, comments: int = BEFORE) -> Table:
    """Alternate batches of words that are new and of words that are not."""
    table = Table(
        f"The same words after {comments:,} times, batches of {BATCH}",
        ("", "store", "new words, ms", "these words, ms"),
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        _on(table, "SQLite", Ours(Path(name) / "sqlite"), comments)
        with postgresql() as url:
            ours = Ours(Path(name) / "postgresql", database_url=url)
            _on(table, "PostgreSQL", ours, comments)
    return table


def _on(table: Table, store: str, ours: Ours, count: int) -> None:
    database = ours.connect()
    with database.write() as conn:
        for begin in range(0, count, 1000):
            submit(conn, _drafts(ours, WORDS, begin, 1000))
    times: dict[str, list[tuple[float, float]]] = {"intake": [], "worker's look": []}
    for number in range(ROUNDS):
        first = count + 2 * number * BATCH
        drafts = (
            _drafts(ours, f"Nobody said number {number} before.", first, BATCH),
            _drafts(ours, WORDS, first + BATCH, BATCH),
        )
        taken: list[tuple[float, float]] = []
        for batch in drafts:
            with database.write() as conn:
                taken.append(_times(conn, batch))
        for index, what in enumerate(times):
            times[what].append((taken[0][index], taken[1][index]))
    for what, pairs in times.items():
        new, known = (median(1000 * pair[side] for pair in pairs) for side in (0, 1))
        table.add(what, store, f"{new:.2f}", f"{known:.2f}")
        ratio = median(pair[1] / pair[0] for pair in pairs)
        table.at_most(f"{what} on {store}", ratio, GOAL_TIMES, "times")
    database.close()


def _times(conn: Connection, drafts: Sequence[Draft]) -> tuple[float, float]:
    """Seconds to store a batch, and to lease and read it as the worker does."""
    now = datetime.now(UTC)

    def store() -> None:
        answers = submit(conn, drafts)
        assert all(isinstance(each, Stored) for each in answers)

    seconds = _timed(store)
    last = select(comment.c.id).order_by(comment.c.id.desc()).limit(len(drafts))
    newest = list(conn.execute(last).scalars())
    return seconds, _timed(
        lambda: pending.load(conn, newest, now + timedelta(seconds=1))
    )


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _drafts(ours: Ours, text: str, first: int, count: int) -> list[Draft]:
    keyring, now = Keyring(ours.settings.secret_key), datetime.now(UTC)
    return [
        draft(
            Submission(
                site_key=ours.site.key,
                door=Channel.BROWSER,
                text=text,
                name=f"Reader {number}",
                email=f"reader{number}@example.org",
                thread_url=f"{ORIGIN}/{number % PAGES}",
                thread_title="News",
                address="192.0.2.1",
            ),
            ours.site,
            keyring,
            seconds_on_form=30.0,
            now=now,
        )
        for number in range(first, first + count)
    ]
