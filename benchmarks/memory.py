"""Resident memory of the processes, after they have worked."""

from __future__ import annotations

import tempfile
from pathlib import Path

import psutil

from benchmarks.drain import pending
from benchmarks.intake import to_ours
from benchmarks.load import Load, get
from benchmarks.report import Table
from benchmarks.subjects import ORIGIN, SITE, Ours, until
from benchmarks.wording import comments

COMMENTS = 2_000
READS = 500
GOAL_MEBIBYTES = 250.0


def measure() -> Table:
    """Take, decide and read some thousand comments, then look at the processes."""
    table = Table(
        f"Memory after {COMMENTS:,} comments taken, decided and read",
        ("process", "resident MiB"),
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        ours = Ours(Path(name))
        database = ours.connect()
        with ours.wake_up(), ours.web() as web, ours.worker() as worker:
            Load(ours.address, to_ours(ours.address, comments(COMMENTS))).send()
            path = f"/api/v1/sites/{SITE}/comments?thread={ORIGIN}/0"
            Load(ours.address, [get(ours.address, path)] * READS).send()
            # What asks for the model makes each web process load it.
            Load(ours.address, [get(ours.address, "/readyz")] * 64).send()
            until(lambda: not pending(database), "the decisions")
            children = psutil.Process(web).children()
            sizes = {
                "web worker": max(_mebibytes(child.pid) for child in children),
                "what starts the web workers": _mebibytes(web),
                "score worker": _mebibytes(worker),
            }
        database.close()
    for what, size in sizes.items():
        table.add(what, f"{size:.0f}")
        table.at_most(what, size, GOAL_MEBIBYTES, "MiB")
    return table


def _mebibytes(pid: int) -> float:
    resident: int = psutil.Process(pid).memory_info().rss
    return resident / 2**20
