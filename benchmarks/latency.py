"""From the post to the decision that its author can see, at a steady rate."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import orjson
from sqlalchemy import select

from benchmarks.intake import to_ours
from benchmarks.load import Answers, Load
from benchmarks.report import Table
from benchmarks.subjects import Ours, until
from benchmarks.wording import comments
from moderation.schema.audit import decision
from moderation.schema.comments import comment
from moderation.storage.database import Database

RATE = 100.0
SECONDS = 30
WARM_UP = 200
LOOK_SECONDS = 0.002
GOAL_MILLISECONDS = 250.0


class Watch:
    """Notes when each decision can first be read; looks every 2 ms."""

    def __init__(self, database: Database) -> None:
        self.seen: dict[str, float] = {}
        self._database = database
        self._last = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        news = (
            select(decision.c.id, comment.c.public_id)
            .join(comment, comment.c.id == decision.c.comment_id)
            .order_by(decision.c.id)
        )
        while not self._stop.wait(LOOK_SECONDS):
            with self._database.read() as conn:
                rows = conn.execute(news.where(decision.c.id > self._last)).all()
            now = time.perf_counter()
            for row in rows:
                self._last = row[0]
                self.seen[row[1]] = now


def measure() -> Table:
    """100 posts a second, each when it is due, whatever became of those before."""
    texts = comments(WARM_UP + int(RATE * SECONDS))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        ours = Ours(Path(name))
        database = ours.connect()
        watch = Watch(database)
        try:
            with ours.wake_up(), ours.web(), ours.worker():
                requests = to_ours(ours.address, texts)
                Load(ours.address, requests[:WARM_UP]).send()
                until(lambda: len(watch.seen) == WARM_UP, "the first decisions")
                answers = Load(
                    ours.address,
                    requests[WARM_UP:],
                    connections=64,
                    rate=RATE,
                    keep_bodies=True,
                ).send()
                until(lambda: len(watch.seen) == len(texts), "the last decision")
        finally:
            watch.end()
            database.close()
    return _table(answers, watch)


def _table(answers: Answers, watch: Watch) -> Table:
    ids = [orjson.loads(body)["id"] for body in answers.bodies]
    delays = sorted(
        1000 * (watch.seen[each] - due)
        for each, due in zip(ids, answers.due, strict=True)
    )
    table = Table(
        f"Latency: {RATE:.0f} posts a second for {SECONDS} s, web and one worker",
        ("", "p50 ms", "p99 ms", "longest ms"),
    )
    door = (answers.percentile(share) for share in (0.5, 0.99, 1))
    table.add("the door answers 202", *(f"{each:.1f}" for each in door))
    p99 = delays[int(0.99 * len(delays))]
    shown = (delays[len(delays) // 2], p99, delays[-1])
    table.add("the decision can be read", *(f"{each:.1f}" for each in shown))
    table.at_most("from post to decision, p99", p99, GOAL_MILLISECONDS, "ms")
    return table
