"""A request of the event loop as a WSGI application wants it (PEP 3333)."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from granian.rsgi import Scope

Environ = dict[str, Any]


def environ_of(scope: Scope, body: bytes, length: int) -> Environ:
    """The environment of a request whose body is here already.

    `length` is that of the body as it was sent: longer than `body` where it was too long
    to be read.
    """
    server, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # Decoded by the server; WSGI wants the bytes as Latin-1.
        "PATH_INFO": scope.path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": _Errors(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        # Of a body that is too long Flask gets the length only, and refuses it.
        "CONTENT_LENGTH": str(length),
    }
    for name, value in scope.headers.items():
        # An underscore could pass for a hyphen, and so for a header of the proxy.
        if "_" in name or name in ("content-length", "transfer-encoding"):
            continue
        key = name.upper().replace("-", "_")
        if key != "CONTENT_TYPE":
            key = f"HTTP_{key}"
        known = environ.get(key)
        if known is None:
            environ[key] = value
        else:
            environ[key] = f"{known}{'; ' if name == 'cookie' else ','}{value}"
    return environ


class _Errors:
    """``wsgi.errors``: what a library writes there may hold anything, so it is dropped."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Nothing is kept."""

    def flush(self) -> None:
        """There is nothing to write."""
