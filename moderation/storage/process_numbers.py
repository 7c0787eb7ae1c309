"""Process numbers: each process that writes leases one, and no key is made twice.

A row key is a millisecond, a process number and a count (`identity.new_key`). Two
processes with one number would make equal keys whenever they write at the same time, so
numbers are leased in the store that the keys go to.

A lease covers key times: a number that was held until T by one process's clock is taken
by another whose clock says T or later, and each makes keys under it for times within its
own lease only. So clocks may differ, a process may be suspended and a clock may be set
back, and keys of a lease still meet no others. A process that died blocks its number for
`LEASE` at most; there are 896 of them.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation import ids
from moderation.schema.processes import process_number

LEASE = timedelta(minutes=10)
# Without a number, for as long as the store is away or has no such table yet.
_PAUSE_SECONDS = 5.0
# With 200 of 896 numbers held, all tries meet held ones once in 10^13 times.
_TRIES = 20

log = structlog.get_logger(__name__)


@dataclass
class ProcessNumber:
    """The lease of this process; renewed by whoever is about to write."""

    _holder: str = field(default_factory=lambda: secrets.token_hex(16))
    _number: int | None = None
    _pid: int = 0
    _due: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_due(self) -> bool:
        """Whether half of the lease is over, or this is a fork of who had it."""
        return time.time() >= self._due or self._pid != os.getpid()

    def renew(self, conn: Connection) -> None:
        """Hold the number for longer, or another one; one thread asks, nobody waits."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if self._pid != os.getpid():
                self._number, self._holder = None, secrets.token_hex(16)
            now = datetime.now(UTC)
            until = now + LEASE
            if self._number is None or not _keep(
                conn, self._number, self._holder, until
            ):
                self._number = _take(conn, self._holder, now, until)
                if self._number is not None:
                    ids.hold_number(self._number, since=now, until=until)
            else:
                ids.hold_number(self._number, since=None, until=until)
            self._pid, self._due = os.getpid(), (now + LEASE / 2).timestamp()
        finally:
            self._lock.release()

    def put_off(self) -> None:
        """Try again in a while: keys are made all the same, with less certainty."""
        self._pid, self._due = os.getpid(), time.time() + _PAUSE_SECONDS


def _keep(conn: Connection, number: int, holder: str, until: datetime) -> bool:
    """Hold a number for longer; False where it lapsed and somebody else took it."""
    statement = (
        update(process_number)
        .where(process_number.c.number == number, process_number.c.holder == holder)
        .values(held_until=until)
    )
    return bool(conn.execute(statement).rowcount)


def _take(conn: Connection, holder: str, now: datetime, until: datetime) -> int | None:
    """Take a number that nobody holds; None when none was found."""
    dialect: Any = sqlite if conn.dialect.name == "sqlite" else postgresql
    values = {"holder": holder, "held_until": until}
    for _ in range(_TRIES):
        # At random, so that processes that start together do not wait for each other.
        number = secrets.choice(ids.LEASED_NUMBERS)
        taken = conn.execute(
            dialect.insert(process_number)
            .values(number=number, **values)
            .on_conflict_do_update(
                index_elements=[process_number.c.number],
                set_=values,
                where=process_number.c.held_until <= now,
            )
            .returning(process_number.c.number)
        )
        if taken.first():
            return number
    log.warning("no_process_number_free")
    return None
