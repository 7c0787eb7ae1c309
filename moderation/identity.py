"""Names for things: row keys, opaque ids, keyed hashes and signed links."""

from __future__ import annotations

import hmac
import os
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b, sha256
from ipaddress import ip_address, ip_network
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


def lot(key: int) -> float:
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


def text_hash(text: str) -> int:
    """A signed 64-bit hash of the words alone: case and spacing do not matter."""
    folded = " ".join(text.casefold().split())
    digest = blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=4096)
def network_of(address: str) -> str | None:
    """The /24 or /48 around an address, or None where there is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


@dataclass(frozen=True)
class Keyring:
    """Everything that is derived from the secret key, each purpose apart."""

    secret: str

    def digest(self, purpose: str, *parts: str) -> bytes:
        """A keyed hash of 32 bytes; parts cannot be shifted into one another."""
        message = "\x1f".join((purpose, *parts)).encode("utf-8", "replace")
        return hmac.digest(self.secret.encode(), message, sha256)

    def author(self, *, email: str, name: str) -> str:
        """The identity of an author: of the e-mail, or of the name without one."""
        kind, value = ("email", email) if email else ("name", name)
        return self.digest("author", kind, value.casefold().strip()).hex()

    def address(self, address: str) -> bytes:
        """What is kept of a network address."""
        return self.digest("address", address)[:16]

    def sign(self, purpose: str, value: str) -> str:
        """`value` with a signature, safe in a URL."""
        signature = urlsafe_b64encode(self.digest(purpose, value)[:18]).decode()
        return f"{value}.{signature}"

    def unsign(self, purpose: str, token: str) -> str | None:
        """The value if the signature is ours for this purpose, else None."""
        value, _, _ = token.rpartition(".")
        good = self.sign(purpose, value).encode()
        return (
            value
            if hmac.compare_digest(good, token.encode("utf-8", "replace"))
            else None
        )

    def form_token(self, site_key: str, now: datetime) -> str:
        """A token for a form that is opened now."""
        return self.sign(f"form:{site_key}", format(int(now.timestamp() * 1000), "x"))

    def form_opened(self, site_key: str, token: str) -> float | None:
        """When the form was opened, in seconds since 1970; None if not our token."""
        value = self.unsign(f"form:{site_key}", token)
        return int(value, 16) / 1000 if value else None
