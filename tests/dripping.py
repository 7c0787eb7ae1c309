"""A server that is never too late and never done: a byte now and then, for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

# Before what is dripped: nothing, the head of an answer, of a greeting, of a TLS record.
STATUS = b"HTTP/1.1 200 OK\r\n"
BODY = STATUS + b"Content-Type: application/json\r\nContent-Length: 999999\r\n\r\n"
TLS_RECORD = b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb"
MAIL = b"220 mail.example.org\r\n250"


@dataclass
class Dripping:
    """Answers every connection with `head` at once, and then with `drop` by drop."""

    head: bytes = STATUS
    drop: bytes = b"X-Drip: 1\r\n"
    seconds: float = 0.05
    port: int = 0
    connections: int = 0

    @contextmanager
    def open(self) -> Iterator[Dripping]:
        """Drip until the block ends."""
        over = threading.Event()
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]

        def drip(taken: socket.socket) -> None:
            with taken, suppress(OSError):
                taken.sendall(self.head)
                while not over.wait(self.seconds):
                    taken.sendall(self.drop)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    taken, _ = listening.accept()
                    self.connections += 1
                    threading.Thread(target=drip, args=(taken,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield self
        finally:
            over.set()
            # Closing alone does not end an `accept` that waits.
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
