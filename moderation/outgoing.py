"""Messages to addresses that other people typed, without being led astray by them.

The name is looked up here, every address behind it is checked, and the connection goes
to the address that was checked: a name that changes its mind in between leads nowhere.
No redirect is followed and no answer is read (server-side request forgery, CWE-918).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import certifi

from moderation.addresses import Network
from moderation.public_addresses import Address, is_public

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
_PORTS = {"http": 80, "https": 443}


class NotSentError(Exception):
    """Nobody took the message; the text is one stable word that says why."""


@dataclass(frozen=True)
class Outside:
    """What may be reached: public addresses over TLS, and the `networks` named."""

    networks: Sequence[Network] = ()
    # A file with the authorities whose certificates are good.
    authorities: str = field(default_factory=certifi.where)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send `body` and return the status of the answer, whatever it is.

        NotSentError where nothing was sent or nobody answered: ``name_unknown``,
        ``address_forbidden``, ``not_encrypted``, ``bad_certificate``, ``timeout`` or
        ``no_connection``.
        """
        # Not before it is needed: it opens a socket when it is imported.
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
        from urllib3.exceptions import (
            HTTPError,
            NewConnectionError,
            SSLError,
            TimeoutError,
        )

        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        address = self._looked_up(host, port)
        wait = Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        if parts.scheme == "https":
            pool: HTTPConnectionPool = HTTPSConnectionPool(
                str(address),
                port,
                timeout=wait,
                server_hostname=host,
                assert_hostname=host,
                cert_reqs=ssl.CERT_REQUIRED,
                ca_certs=self.authorities,
            )
        elif self._is_named(address):
            pool = HTTPConnectionPool(str(address), port, timeout=wait)
        else:
            raise NotSentError("not_encrypted")
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
        except NewConnectionError:
            # A kind of timeout to the library.
            raise NotSentError("no_connection") from None
        except TimeoutError:
            raise NotSentError("timeout") from None
        except SSLError:
            raise NotSentError("bad_certificate") from None
        except (HTTPError, OSError):
            raise NotSentError("no_connection") from None
        finally:
            pool.close()
        return int(answer.status)

    def _looked_up(self, host: str, port: int) -> Address:
        """The address to connect to, if all that the name stands for may be reached."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotSentError("name_unknown") from None
        addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        if not addresses:
            raise NotSentError("name_unknown")
        if not all(self._is_open(each) for each in addresses):
            raise NotSentError("address_forbidden")
        return addresses[0]

    def _is_open(self, address: Address) -> bool:
        return self._is_named(address) or is_public(address)

    def _is_named(self, address: Address) -> bool:
        return any(
            address.version == each.version and address in each
            for each in self.networks
        )
