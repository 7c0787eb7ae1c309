"""What arrives on the wire: half requests, odd lengths, bodies in pieces."""

from __future__ import annotations

import json
import socket

import pytest

from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, a_site
from tests.service import Service

# A server that waits for more is as good as one that hangs up.
PATIENCE_SECONDS = 1.5
PATH = "/api/v1/sites/news/comments"


@pytest.fixture
def store() -> str:
    """The wire knows nothing of the store."""
    return "sqlite"


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, key="news")


def test_odd_requests_are_answered_or_cut_off_and_hurt_nobody(
    live: Service, site: Site
) -> None:
    body = json.dumps(
        {"thread": {"url": ARTICLE}, "author": {"name": "R"}, "text": "In pieces."}
    ).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in _pieces(body))
    host = b"Host: localhost\r\nConnection: close\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n"
    post = b"POST " + PATH.encode() + b" HTTP/1.1\r\n" + host
    length = b"Content-Length: %d\r\n" % len(body)
    cases = {
        post + chunked + b"\r\n" + chunks + b"0\r\n\r\n": (202,),
        post + chunked + b"\r\n" + b"zz\r\n\r\n": (400, None),
        post + chunked + b"\r\n" + b"ffffffffffffffffff\r\n": (400, None),
        post + chunked + b"\r\n" + _endless(): (413, 400, None),
        post + length + length + b"\r\n" + body: (202, 200, 400, None),
        post + length + b"Content-Length: 1\r\n\r\n" + body: (400, None),
        post + length + chunked + b"\r\n" + chunks + b"0\r\n\r\n": (200, 400, None),
        post + b"Content-Length: -1\r\n\r\n": (400, None),
        post + b"Content-Length: 9999999999999\r\n\r\n{}": (413, 400, None),
        post + b"Content-Length: 1e3\r\n\r\n": (400, None),
        b"POST " + PATH.encode() + b" HTTP/1.0\r\n\r\n": (400,),
        b"GET /comments/\xff\xfe HTTP/1.1\r\n" + host + b"\r\n": (404, 400, None),
        b"GET http://evil.example/review HTTP/1.1\r\n" + host + b"\r\n": (
            302,
            404,
            400,
        ),
        b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n": (200, 400, None),
        b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n": (
            431,
            400,
            None,
        ),
        b"GET /healthz HTTP/1.1\r\n" + host + b"X: a\x00b\r\n\r\n": (400, None),
        b"TRACE / HTTP/1.1\r\n" + host + b"X-Secret: a\r\n\r\n": (405,),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": (400, None),
        b"\r\n" * 1000: (400, None),
    }
    for request, expected in cases.items():
        status, answer = _exchange(live, request)
        assert status in expected, (request[:120], status, answer[:300])
        assert b"X-Secret" not in answer
    assert live.ready()


def _pieces(body: bytes) -> list[bytes]:
    return [body[place : place + 7] for place in range(0, len(body), 7)]


def _endless() -> bytes:
    return b"".join(b"10000\r\n" + b"a" * 65536 + b"\r\n" for _ in range(8))


def _connect(live: Service) -> socket.socket:
    host, _, port = live.settings.bind.partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


def _exchange(live: Service, request: bytes) -> tuple[int | None, bytes]:
    """The status, or None where the server closes, and all that came back."""
    answer = b""
    with _connect(live) as connection:
        try:
            connection.sendall(request)
            while piece := connection.recv(65536):
                answer += piece
        except (ConnectionError, TimeoutError):
            pass
    return (int(answer.split()[1]) if answer.startswith(b"HTTP/") else None), answer
