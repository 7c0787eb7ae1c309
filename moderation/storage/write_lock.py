"""The write lock: who writes to a SQLite file next, visitors first and across processes."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import TimeoutError as NoConnectionLeft

# After so long a worker stands in line with everybody else: it comes to its turn.
PATIENCE_SECONDS = 0.2
_LOOK_SECONDS = 0.002


class WriteLock:
    """Lets the processes that share a SQLite file write one after another.

    SQLite's own busy handler sleeps and tries again: with two busy writers one of
    them may starve for half a second. A lock of the kernel wakes the next in line
    at once. Whoever does not come through here (a shell, a backup) still meets
    SQLite's lock, so this one is about fairness and never about safety.

    Who `yields` lets those go first who do not. They say that they wait by a shared
    lock of a second file, and the time of that file says when the last of them came.
    """

    def __init__(
        self,
        path: str,
        *,
        yields: bool = False,
        patience: float = PATIENCE_SECONDS,
        wait_seconds: float | None = None,
    ) -> None:
        """With `wait_seconds` nobody in this process waits longer for the others."""
        self.yields = yields
        self._patience = patience
        self._path = path
        self._wait_seconds = -1 if wait_seconds is None else wait_seconds
        self._thread_lock = threading.Lock()
        self._pid = 0
        self._turn = -1
        self._waiting = -1

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """Wait for the lock, keep it, give it back.

        Raises what a store without a free connection raises when it takes too long.
        """
        with self._in_this_process():
            self._open()
            if self.yields:
                self._wait_behind_others()
            else:
                self._wait_in_line()
            try:
                yield
            finally:
                fcntl.flock(self._turn, fcntl.LOCK_UN)

    def was_wanted(self, seconds: float) -> bool:
        """Whether somebody who does not yield has come within so many seconds."""
        with self._thread_lock:
            self._open()
            return time.time() - os.fstat(self._waiting).st_mtime < seconds

    def somebody_waits(self) -> bool:
        """Whether somebody who does not yield waits for the turn at this moment."""
        with self._thread_lock:
            self._open()
            return self._is_wanted()

    @contextmanager
    def _in_this_process(self) -> Iterator[None]:
        if not self._thread_lock.acquire(timeout=self._wait_seconds):
            raise NoConnectionLeft("the write lock is taken")
        try:
            yield
        finally:
            self._thread_lock.release()

    def close(self) -> None:
        """Let go of the locks' files; the next turn opens them again."""
        with self._thread_lock:
            if self._pid == os.getpid():
                os.close(self._turn)
                os.close(self._waiting)
                self._pid = 0

    def _open(self) -> None:
        if self._pid != os.getpid():
            # A descriptor that came through a fork shares its parent's lock.
            flags = os.O_RDWR | os.O_CREAT
            self._turn = os.open(self._path, flags, 0o600)
            self._waiting = os.open(f"{self._path}.visitors", flags, 0o600)
            self._pid = os.getpid()

    def _wait_in_line(self) -> None:
        os.utime(self._waiting)
        fcntl.flock(self._waiting, fcntl.LOCK_SH)
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._waiting, fcntl.LOCK_UN)

    def _wait_behind_others(self) -> None:
        """Not in the kernel's line, in which one stays in front of those who come later."""
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            if not self._is_wanted() and _try(self._turn):
                return
            time.sleep(_LOOK_SECONDS)
        fcntl.flock(self._turn, fcntl.LOCK_EX)

    def _is_wanted(self) -> bool:
        if not _try(self._waiting):
            return True
        fcntl.flock(self._waiting, fcntl.LOCK_UN)
        return False


def _try(descriptor: int) -> bool:
    """Take a lock that nobody has; False where somebody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
