"""Who writes next to a SQLite file."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from moderation.storage.write_lock import WriteLock
from tests.conditions import eventually

LONG = 60.0


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "store.turn")


class Writer:
    """A process of its own, as far as the locks are concerned, that wants one turn."""

    def __init__(self, name: str, write_lock: WriteLock, order: list[str]) -> None:
        self.name = name
        self.write_lock = write_lock
        self._order = order
        self.thread = threading.Thread(target=self._write, daemon=True)
        self.thread.start()

    def _write(self) -> None:
        with self.write_lock.acquire():
            self._order.append(self.name)


def test_a_visitor_writes_before_workers_that_came_earlier(path: str) -> None:
    order: list[str] = []
    holder, looking = WriteLock(path), WriteLock(path)
    with holder.acquire():
        workers = [
            Writer("worker", WriteLock(path, yields=True, patience=LONG), order)
            for _ in range(2)
        ]
        visitor = Writer("visitor", WriteLock(path), order)
        eventually(looking.somebody_waits, what="the visitor in line")
    for each in (visitor, *workers):
        each.thread.join(LONG)

    assert order == ["visitor", "worker", "worker"]


def test_a_worker_comes_to_its_turn_while_a_visitor_waits(path: str) -> None:
    """Visitors may wait all the time, one after the other."""
    order: list[str] = []
    with open(f"{path}.visitors", "w") as always:
        fcntl.flock(always, fcntl.LOCK_SH)
        worker = Writer("worker", WriteLock(path, yields=True, patience=0.05), order)
        worker.thread.join(LONG)

    assert order == ["worker"]


def test_whether_visitors_write_is_known_to_all(path: str) -> None:
    visitor, worker = WriteLock(path), WriteLock(path, yields=True)
    with worker.acquire():
        pass
    with visitor.acquire():
        pass

    assert worker.was_wanted(LONG)
    assert not worker.was_wanted(0.0)
