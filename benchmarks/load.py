"""A load generator: raw sockets in a process of its own, so that it costs little.

Requests are bytes made beforehand; answers are read as far as their length says.
"""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

PATIENCE_SECONDS = 60.0
_HEAD_END = b"\r\n\r\n"
_RECEIVE_BYTES = 1 << 18


@dataclass(frozen=True)
class Answers:
    """What came back: seconds in all, seconds of each request, statuses, bodies.

    ``bodies``, where they were asked for, and ``due``, when each request was to be
    sent by the clock `time.perf_counter`, are in the order of the requests; an
    answer that never came is missing in ``latencies``.
    """

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]
    bodies: list[bytes] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    # Of the last answer that had one.
    etag: str = ""

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that `share` of the requests stayed below."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Load:
    """Requests for one address, over `connections` at once.

    `rate` is in requests a second; then a latency counts from the moment at which
    a request was due, so that a server which stalls cannot hide it. Without a
    rate every connection sends its next request when the last is answered.
    """

    address: str
    requests: Sequence[bytes]
    connections: int = 16
    rate: float | None = None
    keep_bodies: bool = False

    def send(self) -> Answers:
        """Send everything from another process and wait for all answers."""
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(self, theirs), daemon=True)
        process.start()
        theirs.close()
        try:
            answers: Answers = ours.recv()
        finally:
            process.join()
        return answers


def post(address: str, path: str, document: object, **headers: str) -> bytes:
    """The bytes of a JSON post."""
    body = orjson.dumps(document)
    more = "".join(
        f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()
    )
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode() + body


def get(address: str, path: str, **headers: str) -> bytes:
    """The bytes of a request for a page."""
    more = "".join(
        f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()
    )
    return f"GET {path} HTTP/1.1\r\nHost: {address}\r\n{more}\r\n".encode()


class _Connection:
    """One connection that sends a request, reads its answer and stays open."""

    def __init__(self, address: str, selector: selectors.BaseSelector) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self._selector = selector
        self._socket: socket.socket | None = None
        self._received = bytearray()
        self._length = -1
        self.number = -1
        self.due = 0.0
        self.etag = ""

    def ask(self, number: int, request: bytes, due: float) -> None:
        """Send a request; one that fits the socket's buffer never waits."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, PATIENCE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
        self.number, self.due = number, due
        self._received.clear()
        self._length = -1
        self._socket.sendall(request)

    def read(self) -> tuple[int, bytes] | None:
        """Status and body once the answer is complete."""
        assert self._socket is not None
        chunk = self._socket.recv(_RECEIVE_BYTES)
        self._received += chunk
        if self._length < 0:
            self._measure()
        complete = 0 <= self._length <= len(self._received)
        if not chunk or (complete and self._closes):
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None
        if not complete and chunk:
            return None
        if not self._received:
            return 0, b""
        body = bytes(self._received[self._received.find(_HEAD_END) + 4 :])
        return int(self._received[9:12]), body

    def _measure(self) -> None:
        end = self._received.find(_HEAD_END)
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        tag = head.find(b"\r\netag: ")
        if tag >= 0:
            self.etag = head[tag + 8 :].split(b"\r\n", 1)[0].decode()
        self._closes = b"connection: close" in head or head.startswith(b"http/1.0")
        begin = head.find(b"content-length:")
        if begin >= 0:
            size = int(head[begin + 15 :].split(b"\r\n", 1)[0])
            self._length = end + 4 + size
        elif head[9:12] in (b"304", b"204"):
            self._length = end + 4


def _run(load: Load, out: multiprocessing.connection.Connection) -> None:
    selector = selectors.DefaultSelector()
    idle = deque(_Connection(load.address, selector) for _ in range(load.connections))
    waiting = deque(enumerate(load.requests))
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    bodies: list[bytes] = [b""] * (len(load.requests) if load.keep_bodies else 0)
    dues: list[float] = []
    etag = ""
    busy = 0
    started = time.perf_counter()
    while waiting or busy:
        now = time.perf_counter()
        while idle and waiting:
            number, request = waiting[0]
            due = now if load.rate is None else started + number / load.rate
            if due > now:
                break
            waiting.popleft()
            dues.append(due)
            idle.popleft().ask(number, request, due)
            busy += 1
        pause = PATIENCE_SECONDS
        if waiting and idle and load.rate is not None:
            pause = max(0.0, started + waiting[0][0] / load.rate - time.perf_counter())
        ready = selector.select(pause)
        if not ready and pause == PATIENCE_SECONDS:
            break
        for key, _ in ready:
            connection: _Connection = key.data
            answer = connection.read()
            if answer is None:
                continue
            latencies.append(time.perf_counter() - connection.due)
            statuses[answer[0]] += 1
            if load.keep_bodies:
                bodies[connection.number] = answer[1]
            etag = connection.etag
            idle.append(connection)
            busy -= 1
    seconds = time.perf_counter() - started
    out.send(Answers(seconds, latencies, dict(statuses), bodies, dues, etag))
    out.close()
