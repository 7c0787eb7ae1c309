"""What the service counts, for Prometheus; all processes of a host add up.

Every process writes into files of its own below ``metrics_dir``; whoever answers
``/metrics`` reads them all. The library picks that way when it is imported, from a
variable of the environment: ``environment`` says which, and whoever starts a
process sets it.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from moderation.enums import Status
from moderation.schema.comments import comment
from moderation.storage import leases, stalled
from moderation.storage.database import Database

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

ACCEPTED = Counter("moderation_comments_accepted", "Comments stored at the door.")
REFUSED = Counter("moderation_comments_refused", "Submissions turned away.", ["code"])
SCORED = Counter("moderation_comments_scored", "Comments that got scores.")
DECIDED = Counter(
    "moderation_decisions",
    "Decisions applied; actor is policy or moderator.",
    ["verdict", "actor"],
)
NOTICES = Counter(
    "moderation_notices",
    "Notices to authors; outcome is sent, put_off or given_up.",
    ["kind", "outcome"],
)
WEBHOOKS = Counter(
    "moderation_webhooks",
    "Messages to servers of publishers; outcome is sent or failed.",
    ["outcome"],
)
BATCH_SECONDS = Histogram(
    "moderation_score_batch_seconds",
    "Time to score one batch.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SCORED_PER_SECOND = Gauge(
    "moderation_scored_per_second",
    "Drain rate: comments per second over the latest batches of each worker.",
    multiprocess_mode="livesum",
)
SCORE_WORKERS = Gauge(
    "moderation_score_workers",
    "Workers of the job queue `score` that are alive, by what they say themselves.",
    multiprocess_mode="livesum",
)


def metrics_dir(data_dir: Path) -> Path:
    """This host's folder: containers share a data folder and count pids alike."""
    return data_dir / "metrics" / socket.gethostname()


def environment(data_dir: Path) -> dict[str, str]:
    """The variable that a process needs before it imports this module."""
    folder = metrics_dir(data_dir).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return {VARIABLE: str(folder)}


def forget(data_dir: Path) -> None:
    """Drop what processes of an earlier start have counted; none may be running."""
    shutil.rmtree(metrics_dir(data_dir), ignore_errors=True)


def forget_process(data_dir: Path, pid: int) -> None:
    """Take an ended process out of the gauges; its counts stay."""
    for path in metrics_dir(data_dir).glob(f"gauge_live*_{pid}.db"):
        path.unlink(missing_ok=True)


def still_alive(data_dir: Path) -> None:
    """Called again and again by who sets a gauge of live processes.

    Nobody else can tell on another host, and Redis, which may have been emptied, says
    for minutes that a killed worker works.
    """
    for path in metrics_dir(data_dir).glob(f"gauge_live*_{os.getpid()}.db"):
        os.utime(path)


def exposition(
    database: Database,
    data_dir: Path,
    *,
    now: datetime,
    lease: timedelta,
    silence: float,
) -> bytes:
    """All metrics in Prometheus' text format, those of other processes included.

    Whoever has not said for `silence` seconds that it is alive is in no gauge.
    """
    registry = CollectorRegistry()
    registry.register(_Processes(data_dir, silence))
    registry.register(_Pending(database, now, lease))
    return generate_latest(registry)


class _Processes(Collector):
    """Adds up the files that the processes write."""

    def __init__(self, data_dir: Path, silence: float) -> None:
        self._folder = data_dir / "metrics"
        self._silence = silence

    def collect(self) -> Iterator[Metric]:
        """Read the files of every host that shares the data folder."""
        files = [
            str(path) for path in self._folder.glob("*/*.db") if self._counts(path)
        ]
        yield from MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]

    def _counts(self, path: Path) -> bool:
        if not path.name.startswith("gauge_live"):
            return True
        try:
            return time.time() - path.stat().st_mtime < self._silence
        except FileNotFoundError:
            # Its process was forgotten just now.
            return False


class _Pending(Collector):
    """What the rows say now; no process could add this up."""

    def __init__(self, database: Database, now: datetime, lease: timedelta) -> None:
        self._database = database
        self._now = now
        self._latest = leases.latest(now, lease)

    def collect(self) -> Iterator[Metric]:
        """Count the comments without a verdict, and the age of the oldest."""
        pending = select(func.count(), func.min(comment.c.created_at)).where(
            comment.c.status == Status.PENDING
        )
        with self._database.read() as conn:
            count, oldest = conn.execute(pending).one()
            still = stalled.undecided_seconds(conn, self._now)
            astray = stalled.of_wrong_time(conn, self._now, self._latest)
        age = (self._now - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily(
            "moderation_pending_comments", "Comments without a verdict.", count
        )
        yield GaugeMetricFamily(
            "moderation_oldest_pending_seconds",
            "Age of the oldest comment without a verdict.",
            max(0.0, age),
        )
        yield GaugeMetricFamily(
            "moderation_undecided_seconds",
            "For how long nothing was decided although comments are pending.",
            still,
        )
        yield GaugeMetricFamily(
            "moderation_pending_of_wrong_time",
            "Pending comments that a wrong clock has put into the future.",
            astray,
        )
