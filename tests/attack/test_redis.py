"""A Redis that is full, read-only, silent or no Redis at all: comments come in anyway."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from moderation.app import create_app
from moderation.ip_addresses import visitor_of
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.storage.rate_limits import RateLimits
from tests.factories import ARTICLE, a_site
from tests.servers import Valkey


@pytest.fixture
def store() -> str:
    """What Redis does has nothing to do with the store."""
    return "sqlite"


PATIENCE_SECONDS = 2.0  # half of it is what a busy machine adds
REPLIES = {
    "nothing Redis would say": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "an error": b"-LOADING the dataset in memory\r\n" * 4,
    "another type": b"*2\r\n:1\r\n$-1\r\n" * 4,
    "a string": b"$5\r\nhello\r\n" * 4,
    "an unfinished answer": b"$100\r\nhello",
    "binary": bytes(range(256)),
    "the end": b"",
}


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, key="news")


@pytest.fixture
def door(
    make_settings: Callable[..., Settings], site: Site
) -> Callable[[str], FlaskClient]:
    """The service with a Redis somewhere, and with limits that count in it."""

    def open_door(redis_url: str) -> FlaskClient:
        limits = {"rate_limit_address": "3 per hour", "rate_limit_site": "99 per hour"}
        settings = make_settings(redis_url=redis_url, **limits)
        return create_app(settings).test_client()

    return open_door


def test_a_redis_that_never_answers_costs_a_second_at_most(
    door: Callable[[str], FlaskClient],
) -> None:
    with impostor(None) as url:
        client = door(url)
        for number in range(3):
            started = time.monotonic()
            assert _post(client, number) == 202
            assert time.monotonic() - started < PATIENCE_SECONDS
        # Without Redis the process counts by itself.
        assert _post(client, 4) == 429


@pytest.mark.parametrize("reply", REPLIES)
def test_what_is_no_redis_changes_nothing_for_visitors(
    door: Callable[[str], FlaskClient], reply: str
) -> None:
    with impostor(REPLIES[reply]) as url:
        client = door(url)
        assert [_post(client, number) for number in range(4)] == [202, 202, 202, 429]
        assert client.get("/login").status_code == 200
        assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [("maxmemory", "1", "0"), ("min-replicas-to-write", "3", "0")],
    ids=["full", "read-only"],
)
def test_a_redis_that_takes_nothing_in_changes_nothing_for_visitors(
    door: Callable[[str], FlaskClient], valkey: Valkey, name: str, bad: str, good: str
) -> None:
    client = door(valkey.url)
    with valkey.client() as redis:
        redis.config_set(name, bad)
        try:
            answers = [_post(client, number) for number in range(4)]
        finally:
            redis.config_set(name, good)
    assert answers == [202, 202, 202, 429]


def test_who_is_over_the_limit_of_an_address_uses_up_nothing_of_the_sites(
    make_settings: Callable[..., Settings], site: Site
) -> None:
    settings = make_settings(
        rate_limit_address="1 per hour", rate_limit_site="3 per hour"
    )
    client = create_app(settings).test_client()
    assert [_post(client, number) for number in range(9)] == [202] + 8 * [429]
    for number in (2, 3):
        assert _post(client, 10 + number, f"192.0.2.{number}") == 202
    assert _post(client, 14, "192.0.2.4") == 429


def test_all_addresses_of_one_ipv6_network_are_one_visitor(
    make_settings: Callable[..., Settings], site: Site
) -> None:
    client = create_app(make_settings(rate_limit_address="2 per hour")).test_client()
    answers = [
        _post(client, number, f"2001:db8:1:2:{number:x}::{number:x}")
        for number in range(4)
    ]
    assert answers == [202, 202, 429, 429]
    assert _post(client, 5, "2001:db8:1:3::1") == 202
    assert visitor_of("::ffff:192.0.2.7") == visitor_of("192.0.2.7") == "192.0.2.7"
    assert visitor_of("fe80::1%eth0") == "fe80::/64"
    assert visitor_of("unknown") == "unknown"


def test_visitors_who_come_at_the_same_time_are_counted_each_for_themselves(
    valkey: Valkey,
) -> None:
    rates = RateLimits.at(valkey.url)
    refused: list[int] = []

    def come(name: str) -> None:
        waits = [rates.seconds_to_wait("50 per hour", name) for _ in range(50)]
        refused.extend(wait for wait in waits if wait)

    threads = [threading.Thread(target=come, args=(f"v{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == []
    assert [rates.seconds_to_wait("50 per hour", f"v{n}") > 0 for n in range(8)] == (
        8 * [True]
    )


@contextmanager
def impostor(reply: bytes | None) -> Iterator[str]:
    """The address of a server that gives one answer to everything, or never any."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connection: socket.socket = self.request
            try:
                while connection.recv(65536):
                    if reply is not None:
                        connection.sendall(reply)
                        if not reply:
                            return
            except OSError:
                return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()


def _post(client: FlaskClient, number: int, address: str = "192.0.2.1") -> int:
    now = datetime.now(UTC).isoformat()
    body = {
        "thread": {"url": ARTICLE},
        "author": {"name": f"Reader {number}"},
        "text": f"Words number {number}, said at {now}.",
    }
    return client.post(
        "/api/v1/sites/news/comments",
        json=body,
        environ_overrides={"REMOTE_ADDR": address},
    ).status_code
