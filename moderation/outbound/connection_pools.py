"""Connections of urllib3, and of requests on top of it, that are made by a function of ours.

Where a connection goes is decided when it is made and not before, so that no redirect,
no second request and no name that changes its mind gets around it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool

# From host, port and whether it is encrypted, a connection that is ready.
Connect = Callable[[str, int, bool], socket.socket]


def pools(connect: Connect) -> dict[str, type[HTTPConnectionPool]]:
    """Classes of pools by scheme, whose connections are made by `connect`."""
    # Not before it is needed: the library opens a socket when it is imported.
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.connection import HTTPConnection, HTTPSConnection

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self._dns_host, self.port, False)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self._dns_host, self.port, True)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def adapter(connect: Connect) -> HTTPAdapter:
    """What a session of requests has to be given to make its connections by `connect`."""
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = pools(connect)

        def send(self, request: Any, *args: Any, **options: Any) -> Any:
            # A proxy of the environment would look names up for us, and connect.
            options["proxies"] = {}
            return super().send(request, *args, **options)

    return Adapter()
