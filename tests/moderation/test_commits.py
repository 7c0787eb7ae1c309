"""Many threads, one commit: who waits, who writes, and who hears of an error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.exc import OperationalError

from moderation.comments.group_commit import GroupCommit
from tests.conditions import eventually


class Disk:
    """Writes batches of numbers, as slowly as a test wants; -1 spoils a batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.ready = threading.Event()
        self.ready.set()
        self.error: Callable[[], Exception] = lambda: ValueError("spoilt")
        self.writing = 0

    def write(self, items: Sequence[int]) -> list[int]:
        """The doubles of the numbers."""
        self.writing += 1
        assert self.writing == 1, "two batches at once"
        try:
            self.batches.append(list(items))
            self.ready.wait(20)
            if -1 in items:
                raise self.error()
            return [2 * item for item in items]
        finally:
            self.writing -= 1


class Crowd:
    """Threads that hand in a number each and note what they get."""

    def __init__(self, commit: GroupCommit[int, int], numbers: Sequence[int]) -> None:
        self.results: dict[int, int] = {}
        self.errors: dict[int, Exception] = {}
        self._commit = commit
        self._threads = [
            threading.Thread(target=self._submit, args=(number,)) for number in numbers
        ]
        for thread in self._threads:
            thread.start()

    def _submit(self, number: int) -> None:
        try:
            self.results[number] = self._commit.submit(number)
        except Exception as error:
            self.errors[number] = error

    def wait(self) -> None:
        """Return when everybody has got something."""
        for thread in self._threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in self._threads)


def behind_a_slow_write(
    disk: Disk, numbers: Sequence[int], *, limit: int = 64
) -> Crowd:
    """A crowd that gathers while the number 0 is being written."""
    commit: GroupCommit[int, int] = GroupCommit(disk.write, limit=limit)
    disk.ready.clear()
    first = Crowd(commit, [0])
    eventually(lambda: disk.batches, what="the first batch")
    crowd = Crowd(commit, numbers)
    eventually(lambda: len(commit._waiting) == len(numbers), what="the crowd")
    disk.ready.set()
    crowd.wait()
    first.wait()
    assert first.results == {0: 0}
    return crowd


def test_each_gets_the_result_of_its_own_item() -> None:
    disk = Disk()
    numbers = range(1, 200)

    crowd = Crowd(GroupCommit(disk.write, limit=16), numbers)
    crowd.wait()

    assert crowd.results == {number: 2 * number for number in numbers}
    written = [number for batch in disk.batches for number in batch]
    assert sorted(written) == list(numbers)


def test_those_who_wait_share_the_next_commit() -> None:
    disk = Disk()

    behind_a_slow_write(disk, range(1, 21))

    assert [len(batch) for batch in disk.batches] == [1, 20]


def test_no_more_than_the_limit_go_together_and_nobody_is_left_behind() -> None:
    disk = Disk()

    crowd = behind_a_slow_write(disk, range(1, 22), limit=10)

    assert [len(batch) for batch in disk.batches] == [1, 10, 10, 1]
    assert len(crowd.results) == 21


def test_an_item_that_spoils_the_batch_fails_alone() -> None:
    disk = Disk()

    crowd = behind_a_slow_write(disk, [1, -1, 2])

    assert crowd.results == {1: 2, 2: 4}
    assert isinstance(crowd.errors[-1], ValueError)


def test_a_store_that_is_away_is_asked_once_and_everybody_hears_of_it() -> None:
    disk = Disk()
    disk.error = lambda: OperationalError("INSERT", None, Exception("away"))

    crowd = behind_a_slow_write(disk, [1, -1, 2])

    assert set(crowd.errors) == {1, -1, 2}
    assert len(disk.batches) == 2


def test_after_an_error_the_next_one_is_served() -> None:
    disk = Disk()
    commit: GroupCommit[int, int] = GroupCommit(disk.write)

    with pytest.raises(ValueError, match="spoilt"):
        commit.submit(-1)

    assert commit.submit(4) == 8


def test_the_wake_up_rings_after_the_last_of_a_row_is_written() -> None:
    disk = Disk()
    written_before: list[int] = []
    commit: GroupCommit[int, int] = GroupCommit(
        disk.write, limit=4, written=lambda: written_before.append(len(disk.batches))
    )

    crowd = Crowd(commit, range(40))
    crowd.wait()

    assert written_before[-1] == len(disk.batches)
