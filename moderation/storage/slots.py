"""How many threads of a web process may be with the store at once: half of them.

Whatever keeps the store from answering holds up the threads that asked it. The others
get an error within a moment, so that they stay free for what needs no store and for
saying 503.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import TimeoutError as NoConnectionLeft

# How long a web request waits for a lock of somebody else, and for one statement.
LOCK_SECONDS = 3.0
STATEMENT_SECONDS = 20.0
# How long it waits for a slot while the store answers, and after how long it is thought
# not to.
WAIT_SECONDS = 1.0
SLOW_SECONDS = 1.0


class StoreSlots:
    """A thread holds a slot while it waits for the store, for its own nested calls too."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._free = threading.BoundedSemaphore(count)
        # When each thread that holds a slot got it.
        self._since: dict[int, float] = {}

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Raise what a store without a free connection raises when no slot gets free."""
        me = threading.get_ident()
        if me in self._since:
            yield
            return
        # While all who are with the store are held up, nobody waits behind them.
        if not self._free.acquire(blocking=False) and (
            self._is_stuck() or not self._free.acquire(timeout=WAIT_SECONDS)
        ):
            raise NoConnectionLeft("too many requests wait for the store")
        self._since[me] = time.monotonic()
        try:
            yield
        finally:
            del self._since[me]
            self._free.release()

    def _is_stuck(self) -> bool:
        begun = list(self._since.values())
        limit = time.monotonic() - SLOW_SECONDS
        return len(begun) == self._count and max(begun) < limit
