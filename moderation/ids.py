"""Names for things: row keys, opaque ids, keyed hashes and signed links."""

from __future__ import annotations

import os
import secrets
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_EPOCH_MILLISECONDS = 1_577_836_800_000  # 2020-01-01 UTC
_SEQUENCE_BITS, _PROCESS_BITS = 12, 10
_KEY_MAX = 2**63 - 1
# What `process_numbers` leases. Below are the numbers of processes that have no lease.
LEASED_NUMBERS = range(128, 1 << _PROCESS_BITS)


class _Sequence:
    """Numbers that grow within a process and differ between processes.

    63 bits: 41 of milliseconds, 10 that tell processes apart, 12 that count. They
    are made before the insert, so a whole batch of rows and the rows that point
    at them go to the database without asking it for keys in between.

    Keys of processes that hold a number never meet, however many there are. Without
    one (no table yet, the store away, an older version beside this one) the number is
    one of 128 at random and each millisecond's count starts at random: two processes
    that both make k keys in the same millisecond meet once in about 130,000 / k times,
    and who meets tries again (`clashes.once_again`).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = self._pid = self._stray = 0
        self._number = self._since = self._until = 0

    def hold(self, number: int, since: int | None, until: int) -> None:
        """Use a number for keys of these milliseconds; None goes on from before."""
        with self._lock:
            self._begin()
            if since is not None:
                # The millisecond at hand is over: with another number keys might shrink.
                self._last |= (1 << _SEQUENCE_BITS) - 1
                self._since = since + 1
            self._number, self._until = number, until

    def take(self) -> int:
        """Return the next number."""
        millisecond = time.time_ns() // 1_000_000 - _EPOCH_MILLISECONDS
        with self._lock:
            if self._pid != os.getpid():
                self._begin()
            # A burst of more than 2,048 in a millisecond borrows from the next.
            tick = self._last + 1
            if tick >> _SEQUENCE_BITS < millisecond:
                start = secrets.randbits(_SEQUENCE_BITS - 1)
                tick = millisecond << _SEQUENCE_BITS | start
            self._last = tick
            millisecond, count = divmod(tick, 1 << _SEQUENCE_BITS)
            is_held = self._since <= millisecond < self._until
            process = self._number if is_held else self._stray
        return (((millisecond << _PROCESS_BITS) | process) << _SEQUENCE_BITS) | count

    def _begin(self) -> None:
        """A fork has the sequence of its parent, and must not go on with it."""
        if self._pid != os.getpid():
            self._pid, self._until = os.getpid(), 0
            self._stray = secrets.randbelow(LEASED_NUMBERS.start)


_sequence = _Sequence()


def hold_number(number: int, *, since: datetime | None, until: datetime) -> None:
    """Make keys under this process number, for times within a lease.

    A process writes to one store; a lease that goes on has no `since`.
    """
    _sequence.hold(
        number,
        None if since is None else _milliseconds(since),
        _milliseconds(until),
    )


def new_key() -> int:
    """A primary key: stays inside, sorts by time of creation."""
    return _sequence.take()


def sample_fraction(key: int) -> float:
    """A number from 0 to 1 that a key always draws, and nobody can choose."""
    # Knuth's multiplicative hash spreads the counter at the end of the key.
    return (key * 2_654_435_761 % 2**32) / 2**32


def key_at(moment: datetime) -> int:
    """The least key that could have been made at a moment: for ranges of time."""
    key = max(0, _milliseconds(moment)) << _PROCESS_BITS + _SEQUENCE_BITS
    return min(key, _KEY_MAX)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000) - _EPOCH_MILLISECONDS


def made_at(key: int) -> datetime:
    """When a row key was made, to the millisecond."""
    milliseconds = (key >> _PROCESS_BITS + _SEQUENCE_BITS) + _EPOCH_MILLISECONDS
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def new_public_id() -> str:
    """An id that may travel: a UUIDv7 (RFC 9562) as 32 hex digits, counts nothing."""
    random = secrets.randbits(74)
    value = (time.time_ns() // 1_000_000) << 80
    value |= 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return UUID(int=value).hex
