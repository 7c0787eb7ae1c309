"""Sessions with the OpenID provider: one deadline for all that one step asks of it.

The provider's own host is the operator's choice and may be anywhere. What its answers
name besides must be public, or in a network that the operator named.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from moderation.ip_addresses import networks
from moderation.outbound.connection_pools import adapter
from moderation.outbound.deadlines import Deadline
from moderation.outbound.http_client import Outside
from moderation.settings import Settings

SCOPE = "openid email profile"
# Somebody waits for it, and so does one of the threads of the web server.
EXCHANGE_SECONDS = 10.0
_LOCAL = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True)
class Asking:
    """Somebody on the way to the provider or back, and what may be asked meanwhile."""

    settings: Settings
    deadline: Deadline
    outside: Outside

    def session(self, back: str) -> Any:
        """A session of the library; `back` is where the provider sends people."""
        # Here and not above: the library opens a socket when it is imported, and most
        # services have no provider. Its errors are OSErrors.
        from authlib.integrations.requests_client import (  # type: ignore[import-untyped]
            OAuth2Session,
        )

        session = OAuth2Session(
            self.settings.oidc_client_id,
            self.settings.oidc_client_secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
        )
        # Wherever a provider would send us, we do not go.
        session.max_redirects = 0
        for scheme in ("https://", "http://"):
            session.mount(scheme, adapter(self._connect))
        return session

    def _connect(self, host: str, port: int, encrypted: bool) -> socket.socket:
        return self.outside.connect(self.deadline, host, port, encrypted)


@contextmanager
def asking(settings: Settings, seconds: float = EXCHANGE_SECONDS) -> Iterator[Asking]:
    """Ask the provider things, for so long in all."""
    hosts = {urlsplit(settings.oidc_issuer).hostname or ""}
    if hosts & _LOCAL:
        # A provider on this machine, as in a trial.
        hosts |= _LOCAL
    outside = Outside(networks(settings.webhook_networks), frozenset(hosts))
    with Deadline(seconds) as deadline:
        yield Asking(settings, deadline, outside)
