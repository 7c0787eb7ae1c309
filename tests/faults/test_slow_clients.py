"""Whoever waits for the store or sends slowly takes neither ``/healthz`` nor others along."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from sqlalchemy.engine import make_url

from moderation.settings import Settings
from moderation.storage.database import Database
from tests.conditions import eventually
from tests.factories import ARTICLE, a_site
from tests.service import Service, running

PATH = "/api/v1/sites/news/comments"
# What a probe may take beside all that; alone it takes a millisecond.
PROBE_SECONDS = 1.0


@pytest.fixture
def web(settings: Settings, database: Database) -> Iterator[Service]:
    with database.write() as conn:
        a_site(conn, key="news")
    with running(settings) as service:
        yield service


def address_of(service: Service) -> tuple[str, int]:
    host, _, port = service.settings.bind.rpartition(":")
    return host, int(port)


def probe(service: Service, path: str = "/healthz") -> tuple[int, float]:
    """The status of one look, and the seconds that it took."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection(*address_of(service), timeout=20)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status, time.monotonic() - begun


def post(service: Service, number: int) -> int:
    """The status of a comment that is posted."""
    connection = http.client.HTTPConnection(*address_of(service), timeout=60)
    body = {
        "thread": {"url": ARTICLE},
        "author": {"name": f"Reader {number}", "email": f"r{number}@example.org"},
        "text": f"I walked past it at {number}.",
    }
    connection.request("POST", PATH, json.dumps(body))
    status = connection.getresponse().status
    connection.close()
    return status


@contextmanager
def half_sent(service: Service, count: int) -> Iterator[list[socket.socket]]:
    """Connections that have sent half a body each and wait."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n".encode()
    with ExitStack() as stack:
        sockets = []
        for _ in range(count):
            each = stack.enter_context(socket.create_connection(address_of(service)))
            each.sendall(head + b'{"text": "half')
            sockets.append(each)
        yield sockets


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize("count", [64, 500])
def test_half_sent_bodies_hold_no_thread_and_get_408(web: Service, count: int) -> None:
    with half_sent(web, count) as sockets:
        looks = [probe(web) for _ in range(20)]
        posts = [post(web, number) for number in range(20)]
        assert [status for status, _ in looks] == [200] * 20
        assert max(seconds for _, seconds in looks) < PROBE_SECONDS
        assert posts == [202] * 20

        for each in sockets:
            each.settimeout(30)
            assert each.recv(64).startswith(b"HTTP/1.1 408"), "an answer in time"


@pytest.mark.parametrize("store", ["sqlite"])
def test_silent_connections_keep_nobody_out(web: Service) -> None:
    with ExitStack() as stack:
        for _ in range(1_100):
            stack.enter_context(socket.create_connection(address_of(web)))

        looks = [probe(web) for _ in range(10)]

    assert [status for status, _ in looks] == [200] * 10
    assert max(seconds for _, seconds in looks) < PROBE_SECONDS


@dataclass
class Crowd:
    """Visitors who all post at once."""

    service: Service
    statuses: list[int] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def arrive(self, count: int) -> None:
        """Let so many post, each from a thread of its own."""

        def one(number: int) -> None:
            self.statuses.append(post(self.service, number))

        new = [threading.Thread(target=one, args=(each,)) for each in range(count)]
        self.threads += new
        for thread in new:
            thread.start()

    def leave(self) -> list[int]:
        """What they were answered, once all were."""
        for thread in self.threads:
            thread.join(60)
        return self.statuses


def _lock_postgresql(url: str, table: str) -> Callable[[], None]:
    address = make_url(url).set(drivername="postgresql")
    conn = psycopg.connect(address.render_as_string(hide_password=False))
    conn.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    return conn.close


def _lock_sqlite(url: str, _table: str) -> Callable[[], None]:
    path = make_url(url).database
    assert path
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    conn.execute("BEGIN IMMEDIATE")
    return conn.close


@pytest.mark.parametrize("table", ["comment", "site"])
def test_a_lock_of_somebody_else_ends_in_503_and_leaves_others_alone(
    web: Service, store: str, table: str
) -> None:
    lock = _lock_sqlite if store == "sqlite" else _lock_postgresql
    unlock = lock(web.settings.sqlalchemy_url, table)
    crowd = Crowd(web)
    try:
        crowd.arrive(40)
        until = time.monotonic() + 8
        looks = []
        while time.monotonic() < until and len(crowd.statuses) < 40:
            looks += [probe(web), probe(web, "/embed.js")]
        answered = len(crowd.statuses)
    finally:
        unlock()

    assert {status for status, _ in looks} == {200}
    assert max(seconds for _, seconds in looks) < 2 * PROBE_SECONDS
    assert answered == 40, "nobody waits for as long as the lock is held"
    assert set(crowd.leave()) == {503}
    eventually(lambda: post(web, 999) == 202, within=15, what="a comment is taken")
