"""A publisher's server for the tests: keeps the messages it gets, answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Publisher:
    """Listens on a port of its own while it is `open`."""

    # Statuses of the next answers; 204 when there are no more.
    answers: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    # Called with a message here and no answer to it given.
    on_post: Callable[[], None] | None = None
    port: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        """Where it wants to be told."""
        return f"{self.scheme}://127.0.0.1:{self.port}/comments?key=1"

    def told(self) -> list[dict[str, Any]]:
        """All comments it was told about, in order; those of trials are none."""
        return [each for body in self.bodies for each in json.loads(body)["comments"]]

    def statuses(self) -> list[str]:
        """The same in short."""
        return [each["status"] for each in self.told()]

    @contextmanager
    def open(self, context: ssl.SSLContext | None = None) -> Iterator[Publisher]:
        """Serve until the block ends; with TLS where there is a context for it."""
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                publisher.bodies.append(self.rfile.read(length))
                publisher.paths.append(self.path)
                publisher.headers.append(dict(self.headers.items()))
                if publisher.on_post is not None:
                    publisher.on_post()
                status = publisher.answers.pop(0) if publisher.answers else 204
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        if context is not None:
            self.scheme = "https"
            server.socket = context.wrap_socket(server.socket, server_side=True)
        # How often it looks whether it is to stop: its end waits for that.
        thread = threading.Thread(
            target=server.serve_forever, args=(0.01,), daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
