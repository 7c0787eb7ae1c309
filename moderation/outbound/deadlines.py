"""Deadlines for whole exchanges with other servers, whatever library speaks to them.

A time limit of a socket counts for each read and each write, so a server that sends a
byte now and then is never too late. Here one moment counts for all: for the name, the
connection, TLS, what is sent and what comes back.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from time import monotonic
from types import TracebackType

from moderation.outbound.public_addresses import Address

# A server that is there takes a connection at once.
CONNECT_SECONDS = 5.0


class Deadline:
    """Ends every connection that is made through it when `seconds` are over.

    Blocking reads and writes then end as if the other side had hung up; `is_over` tells
    the difference.
    """

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()

    @property
    def is_over(self) -> bool:
        """Whether there is no time left."""
        return monotonic() >= self._end

    def left(self) -> float:
        """Seconds that are left; TimeoutError when there are none."""
        seconds = self._end - monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def look_up(self, host: str, port: int) -> list[Address]:
        """The addresses of a name; OSError or UnicodeError when there are none.

        The system's resolver knows no time limit, so it is asked in a thread that is
        left alone when it takes too long.
        """
        answers: list[list[Address] | Exception] = []

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError) as error:
                answers.append(error)
            else:
                texts = [str(each[4][0]).partition("%")[0] for each in found]
                answers.append([ip_address(text) for text in texts])

        thread = threading.Thread(target=ask, name="look-up", daemon=True)
        thread.start()
        thread.join(self.left())
        if not answers:
            raise TimeoutError
        (answer,) = answers
        if isinstance(answer, Exception):
            raise answer
        return answer

    def connect(
        self, host: str, port: int, check: Callable[[list[Address]], None] | None = None
    ) -> socket.socket:
        """A connection to the first address of `host` that takes one; OSError otherwise.

        `check` raises where the addresses must not be reached. The connection goes to
        one of those that it saw: a name that changes its mind in between leads nowhere.
        """
        addresses = self.look_up(host, port)
        if check is not None:
            check(addresses)
        problem: OSError = TimeoutError()
        for address in addresses:
            wait = min(CONNECT_SECONDS, self.left())
            try:
                made = socket.create_connection((str(address), port), wait)
            except OSError as error:
                problem = error
                continue
            self._watch(made)
            return made
        raise problem

    def _watch(self, made: socket.socket) -> None:
        # TLS takes the socket over and leaves the object empty. A duplicate stays, and
        # to shut it down ends the connection under both.
        made.settimeout(self.left())
        with self._lock:
            self._watched.append(made.dup())
        if self.is_over:
            self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            for each in self._watched:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
