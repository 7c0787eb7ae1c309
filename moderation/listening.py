"""Sockets that are opened before the servers that use them start."""

from __future__ import annotations

import errno
import socket

from moderation.errors import BadSetting
from moderation.settings import PREFIX

# As many may knock at once while the server is busy or being restarted.
_BACKLOG = 2048


def listen(setting: str, bind: str) -> socket.socket:
    """A listening TCP socket at HOST:PORT; BadSetting names the setting and a remedy."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, int(port)))
        opened.listen(_BACKLOG)
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            reason = "the port is taken: stop what listens there"
        else:
            reason = f"cannot listen there ({error.strerror})"
        raise BadSetting(
            f"{PREFIX}{setting}={bind}: {reason}, or set another"
        ) from None
    return opened
