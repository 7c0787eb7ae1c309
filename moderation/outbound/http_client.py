"""Messages to addresses that other people typed, without being led astray by them.

The name is looked up here, every address behind it is checked, and the connection goes
to an address that was checked (server-side request forgery, CWE-918). No redirect is
followed, no answer is read beyond its headers, and all of it ends at one deadline.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import certifi

from moderation.ip_addresses import Network
from moderation.outbound.connection_pools import pools
from moderation.outbound.deadlines import Deadline
from moderation.outbound.public_addresses import Address, is_public

# For a whole exchange. Shorter than the lease of a server that is told.
EXCHANGE_SECONDS = 15.0
_PORTS = {"http": 80, "https": 443}


class NotSentError(Exception):
    """Nobody took the message; the text is one stable word that says why."""


@dataclass(frozen=True)
class Outside:
    """What may be reached: public addresses over TLS, and what is named."""

    networks: Sequence[Network] = ()
    # Named by the operator: reached wherever they are.
    hosts: frozenset[str] = frozenset()
    # A file with the authorities whose certificates are good.
    authorities: str = field(default_factory=certifi.where)
    seconds: float = EXCHANGE_SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send `body` and return the status of the answer, whatever it is.

        NotSentError where nothing was sent or nobody answered: ``name_unknown``,
        ``address_forbidden``, ``not_encrypted``, ``bad_certificate``, ``timeout`` or
        ``no_connection``.
        """
        # Not before it is needed: it opens a socket when it is imported.
        from urllib3.exceptions import HTTPError, SSLError, TimeoutError

        with Deadline(self.seconds) as deadline:
            try:
                status = self._post(deadline, url, body, headers)
                # Headers that were cut off look like headers that have ended.
                deadline.left()
            except SSLError:
                raise NotSentError(
                    "timeout" if deadline.is_over else "bad_certificate"
                ) from None
            except (HTTPError, OSError) as error:
                # What ends a connection at the deadline looks like any other end.
                late = deadline.is_over or isinstance(error, TimeoutError)
                raise NotSentError("timeout" if late else "no_connection") from None
        return status

    def connect(
        self, deadline: Deadline, host: str, port: int, encrypted: bool
    ) -> socket.socket:
        """A connection to where `host` is, if it may be reached; else NotSentError.

        ``no_connection`` and ``timeout`` among its words, where nobody answers.
        """

        def check(addresses: Sequence[Address]) -> None:
            if not addresses:
                raise NotSentError("name_unknown")
            if host.lower() in self.hosts:
                return
            if not all(self._is_named(each) or is_public(each) for each in addresses):
                raise NotSentError("address_forbidden")
            if not encrypted and not all(self._is_named(each) for each in addresses):
                raise NotSentError("not_encrypted")

        try:
            return deadline.connect(host, port, check)
        except TimeoutError:
            raise NotSentError("timeout") from None
        except (socket.gaierror, UnicodeError):
            raise NotSentError("name_unknown") from None
        except OSError:
            raise NotSentError("no_connection") from None

    def _post(
        self, deadline: Deadline, url: str, body: bytes, headers: Mapping[str, str]
    ) -> int:
        parts = urlsplit(url)
        encrypted = parts.scheme == "https"
        trust: dict[str, Any] = {}
        if encrypted:
            trust = {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": self.authorities}

        def connect(host: str, port: int, encrypted: bool) -> socket.socket:
            return self.connect(deadline, host, port, encrypted)

        pool = pools(connect)[parts.scheme](
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme],
            timeout=self.seconds,
            **trust,
        )
        path = parts.path or "/"
        try:
            answer = pool.urlopen(
                "POST",
                f"{path}?{parts.query}" if parts.query else path,
                body=body,
                headers={**headers, "Host": parts.netloc},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            answer.close()
        finally:
            pool.close()
        return int(answer.status)

    def _is_named(self, address: Address) -> bool:
        return any(
            address.version == each.version and address in each
            for each in self.networks
        )
