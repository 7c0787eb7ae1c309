"""One fsync for all who wait for one: submissions that arrive together share a commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from moderation.storage.key_conflicts import once_again
from moderation.storage.store_errors import is_unavailable

ANNOUNCE_SECONDS = 0.02

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class _Request(Generic[Item, Result]):
    item: Item
    result: Result | None = None
    error: BaseException | None = None
    done: bool = False
    # Held until the item is written, or until it is this thread's turn to write.
    gate: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class GroupCommit(Generic[Item, Result]):
    """Threads of one process hand in items; whoever finds nobody writing writes all.

    ``write`` stores a batch in one transaction and returns a result per item, in
    order; when it returns, everything is on disk. While one thread waits for the
    disk the next batch gathers, so the busier the service, the fewer fsyncs a
    comment costs. There is no thread of its own to start, stop or die.
    """

    write: Callable[[Sequence[Item]], Sequence[Result]]
    # Called after a batch, when the next one may already be writing.
    written: Callable[[], object] = bool
    limit: int = 64
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: list[_Request[Item, Result]] = field(default_factory=list)
    _writing: bool = False
    _announced: float = 0.0

    def submit(self, item: Item) -> Result:
        """Return when `item` is on disk; an error of its batch is raised here."""
        ticket: _Request[Item, Result] = _Request(item)
        ticket.gate.acquire()
        with self._lock:
            self._waiting.append(ticket)
            is_first, self._writing = not self._writing, True
        if not is_first:
            ticket.gate.acquire()
        if not ticket.done:
            self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.result  # type: ignore[return-value]

    def _lead(self) -> None:
        """Write what waits, this thread's own item first; then hand the turn on."""
        with self._lock:
            batch = self._waiting[: self.limit]
            del self._waiting[: self.limit]
        try:
            self._write(batch)
        finally:
            with self._lock:
                error = batch[0].error
                if error is not None and is_unavailable(error):
                    # Those who came meanwhile would wait as long to hear the same.
                    late, self._waiting = self._waiting, []
                    for ticket in late:
                        ticket.error = error
                    batch += late
                self._writing = is_followed = bool(self._waiting)
                if is_followed:
                    self._waiting[0].gate.release()
            for ticket in batch:
                ticket.done = True
                ticket.gate.release()
        self._announce(is_followed)

    def _announce(self, is_followed: bool) -> None:
        """Say that a batch is written; under load, a few at a time.

        A batch that another one follows may leave the word to it, for as long as
        somebody has spoken lately: the last of a row always speaks.
        """
        now = time.monotonic()
        if is_followed and now - self._announced < ANNOUNCE_SECONDS:
            return
        self._announced = now
        self.written()

    def _write(self, batch: list[_Request[Item, Result]]) -> None:
        items = [ticket.item for ticket in batch]
        try:
            results = once_again(lambda: self.write(items))
        except Exception as error:
            # One item may have spoilt the transaction for all: each on its own,
            # unless the store itself is away.
            if len(batch) > 1 and not is_unavailable(error):
                for ticket in batch:
                    self._write([ticket])
                return
            for ticket in batch:
                ticket.error = error
            return
        for ticket, result in zip(batch, results, strict=True):
            ticket.result = result
