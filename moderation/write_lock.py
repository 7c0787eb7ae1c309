"""The write lock: who writes to a SQLite file next, fairly and across processes."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WriteLock:
    """Lets the processes that share a SQLite file write one after another.

    SQLite's own busy handler sleeps and tries again: with two busy writers one of
    them may starve for half a second. A lock of the kernel wakes the next in line
    at once. Whoever does not come through here (a shell, a backup) still meets
    SQLite's lock, so this one is about fairness and never about safety.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._thread_lock = threading.Lock()
        self._pid = 0
        self._file = -1

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """Wait for the turn, keep it, give it back."""
        with self._thread_lock:
            if self._pid != os.getpid():
                # A descriptor that came through a fork shares its parent's lock.
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                self._pid = os.getpid()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the lock's file; the next turn opens it again."""
        with self._thread_lock:
            if self._pid == os.getpid():
                os.close(self._file)
                self._pid = 0
