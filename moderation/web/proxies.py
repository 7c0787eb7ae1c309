"""What a proxy says of a request, put right before the application reads it.

The address of the visitor loses a port. Where a proxy says what is no address its own
counts: all who hide theirs are one visitor, whose network can be banned. Where a public address is configured, scheme and host are
those, whatever the proxy forgot to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog

from moderation.ip_addresses import canonical

UNKNOWN = "unknown"
NOT_TRUSTED = "forwarded_but_no_proxy_trusted"
TOO_SHORT = "forwarded_by_fewer_proxies"

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

log = structlog.get_logger(__name__)


@dataclass
class Proxies:
    """Wraps an application; inside of werkzeug's ProxyFix where proxies are trusted."""

    wsgi: Wsgi
    trusted: int
    public_url: str
    # What looks wrong, by code; each is logged once in a process.
    warnings: set[str] = field(default_factory=set)

    def __call__(
        self, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request."""
        self._look_at_chain(environ.get("HTTP_X_FORWARDED_FOR", ""))
        before = environ.get("werkzeug.proxy_fix.orig", {})
        environ["REMOTE_ADDR"] = address_of(
            environ.get("REMOTE_ADDR", ""), before.get("REMOTE_ADDR", "")
        )
        if self.public_url:
            parts = urlsplit(self.public_url)
            environ["wsgi.url_scheme"] = parts.scheme
            environ["HTTP_HOST"] = parts.netloc
        return self.wsgi(environ, start_response)

    def _look_at_chain(self, forwarded: str) -> None:
        if not forwarded:
            return
        length = forwarded.count(",") + 1
        if not self.trusted:
            self._warn(NOT_TRUSTED)
        elif length < self.trusted:
            self._warn(TOO_SHORT)

    def _warn(self, code: str) -> None:
        if code not in self.warnings:
            self.warnings.add(code)
            log.warning("proxy_misconfigured", code=code, trusted=self.trusted)


def address_of(*said: str) -> str:
    """The first that is an IP address, without port, brackets and zone; else UNKNOWN."""
    return next((found for each in said if (found := canonical(each))), UNKNOWN)
