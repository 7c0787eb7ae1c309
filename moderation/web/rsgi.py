"""From Granian's event loop to Flask: a thread is for a whole request only.

The event loop reads the body of a request, with a limit for its size and its time, and
answers ``/healthz`` by itself. A client that sends half a request or nothing holds a
connection and never a thread. Specification: RSGI 1.x, PEP 3333.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from granian._granian import (
    RSGIHTTPProtocol,
    RSGIProtocolClosed,
    RSGIProtocolError,
)
from granian.rsgi import Scope

from moderation.i18n import message
from moderation.web.problems import MEDIA_TYPE, STATUS_OF_CODE
from moderation.web.wsgi_environ import Environ, environ_of

BODY_SECONDS = 10.0
# Whoever does not read an answer for so long gets no more of it.
SEND_SECONDS = 30.0
# Requests that wait for a thread, for each thread: more are sent away.
QUEUE_PER_THREAD = 16
RETRY_SECONDS = 2

Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

log = structlog.get_logger(__name__)


class Refusal(Exception):
    """A request that the event loop answers by itself, with a code of `problems`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Bridge:
    """One worker process of the web server: a WSGI application behind RSGI."""

    def __init__(
        self,
        wsgi: Wsgi,
        *,
        threads: int,
        body_bytes: int,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._wsgi = wsgi
        self._threads = threads
        self._body_bytes = body_bytes
        self._body_seconds = body_seconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._waiting = 0

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Let requests in threads end before the process does."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """Answer one request."""
        if scope.path == "/healthz" and scope.method in ("GET", "HEAD"):
            protocol.response_str(200, [("content-type", "text/plain")], "alive\n")
            return
        try:
            body, length = await self._body(scope, protocol)
            if self._waiting >= self._threads * QUEUE_PER_THREAD:
                raise Refusal("overloaded")
            await self._in_thread(environ_of(scope, body, length), protocol)
        except Refusal as refusal:
            _refuse(protocol, refusal)
        except (RSGIProtocolClosed, RSGIProtocolError, ConnectionError):
            # The client has gone; there is nobody to answer.
            return

    async def _body(
        self, scope: Scope, protocol: RSGIHTTPProtocol
    ) -> tuple[bytes, int]:
        """The body and its length; of one that is too long only the length."""
        headers = scope.headers
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._body_bytes:
            return b"", int(length)
        if not length.strip("0") and "transfer-encoding" not in headers:
            return b"", 0
        chunks, size = [], 0
        try:
            async with asyncio.timeout(self._body_seconds):
                if length.isdecimal() and "transfer-encoding" not in headers:
                    # The server takes no more of it than it was told.
                    whole = await protocol()
                    return whole, len(whole)
                async for chunk in protocol:
                    size += len(chunk)
                    if size > self._body_bytes:
                        return b"", size
                    chunks.append(chunk)
        except TimeoutError:
            raise Refusal("request_too_slow") from None
        return b"".join(chunks), size

    async def _in_thread(self, environ: Environ, protocol: RSGIHTTPProtocol) -> None:
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            answer = await loop.run_in_executor(
                self._pool, self._answer, environ, protocol, loop
            )
        finally:
            self._waiting -= 1
        if answer is not None:
            answer()

    def _answer(
        self,
        environ: Environ,
        protocol: RSGIHTTPProtocol,
        loop: asyncio.AbstractEventLoop,
    ) -> Callable[[], None] | None:
        """Run the application; what the loop has to send, or None when it is sent."""
        return _run(self._wsgi, environ, protocol, loop)


def _run(
    wsgi: Wsgi,
    environ: Environ,
    protocol: RSGIHTTPProtocol,
    loop: asyncio.AbstractEventLoop,
) -> Callable[[], None] | None:
    head: list[Any] = []

    def start_response(status: str, headers: Headers, _exc: object = None) -> None:
        head[:] = [int(status[:3]), [(name.lower(), value) for name, value in headers]]

    chunks = wsgi(environ, start_response)
    try:
        is_whole = environ["REQUEST_METHOD"] == "HEAD" or any(
            name == "content-length" for name, _ in head[1]
        )
        if not is_whole:
            _stream(chunks, head, protocol, loop)
            return None
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = head
    if not body:
        return lambda: protocol.response_empty(status, headers)
    return lambda: protocol.response_bytes(status, headers, body)


def _stream(
    chunks: Iterable[bytes],
    head: list[Any],
    protocol: RSGIHTTPProtocol,
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Send an answer as it is made; as fast as it is read, for a while."""

    async def begin() -> Any:
        return protocol.response_stream(head[0], head[1])

    transport = asyncio.run_coroutine_threadsafe(begin(), loop).result(SEND_SECONDS)
    for chunk in chunks:
        if chunk:
            sending: Awaitable[None] = transport.send_bytes(chunk)
            asyncio.run_coroutine_threadsafe(_sent(sending), loop).result(SEND_SECONDS)


async def _sent(sending: Awaitable[None]) -> None:
    await sending


def _refuse(protocol: RSGIHTTPProtocol, refusal: Refusal) -> None:
    status = STATUS_OF_CODE[refusal.code]
    log.info("request_refused", code=refusal.code)
    headers = [("content-type", MEDIA_TYPE), ("connection", "close")]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("retry-after", str(RETRY_SECONDS)))
    body = orjson.dumps(
        {
            "type": f"urn:moderation:problem:{refusal.code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": refusal.code,
            "detail": message(refusal.code),
        }
    )
    protocol.response_bytes(status, headers, body)
