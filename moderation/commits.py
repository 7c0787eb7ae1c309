"""One fsync for all who wait for one: submissions that arrive together share a commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy.exc import OperationalError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class _Ticket(Generic[Item, Result]):
    item: Item
    done: bool = False
    result: Result | None = None
    error: BaseException | None = None


@dataclass
class SharedCommit(Generic[Item, Result]):
    """Threads of one process hand in items; whoever finds nobody writing writes all.

    ``write`` stores a batch in one transaction and returns a result per item, in
    order; when it returns, everything is on disk. While one thread waits for the
    disk the next batch gathers, so the busier the service, the fewer fsyncs a
    comment costs. There is no thread of its own to start, stop or die.
    """

    write: Callable[[Sequence[Item]], Sequence[Result]]
    # Called once a batch after the next one may already be writing.
    written: Callable[[], object] = bool
    limit: int = 64
    _turn: threading.Condition = field(default_factory=threading.Condition)
    _waiting: list[_Ticket[Item, Result]] = field(default_factory=list)
    _writing: bool = False

    def submit(self, item: Item) -> Result:
        """Return when `item` is on disk; an error of its batch is raised here."""
        ticket: _Ticket[Item, Result] = _Ticket(item)
        with self._turn:
            self._waiting.append(ticket)
        while batch := self._take_turn(ticket):
            try:
                self._write(batch)
            finally:
                self._end_turn(batch)
            self.written()
        if ticket.error is not None:
            raise ticket.error
        return ticket.result  # type: ignore[return-value]

    def _take_turn(self, ticket: _Ticket[Item, Result]) -> list[_Ticket[Item, Result]]:
        """Wait until nobody writes: the next batch, or nothing if `ticket` is done."""
        with self._turn:
            while self._writing and not ticket.done:
                self._turn.wait()
            if ticket.done:
                return []
            self._writing = True
            batch = self._waiting[: self.limit]
            del self._waiting[: self.limit]
            return batch

    def _end_turn(self, batch: list[_Ticket[Item, Result]]) -> None:
        with self._turn:
            self._writing = False
            for ticket in batch:
                ticket.done = True
            self._turn.notify_all()

    def _write(self, batch: list[_Ticket[Item, Result]]) -> None:
        try:
            results = self.write([ticket.item for ticket in batch])
        except Exception as error:
            # One item may have spoilt the transaction for all: each on its own,
            # unless the store itself is away.
            if len(batch) > 1 and not isinstance(error, OperationalError):
                for ticket in batch:
                    self._write([ticket])
                return
            for ticket in batch:
                ticket.error = error
            return
        for ticket, result in zip(batch, results, strict=True):
            ticket.result = result
