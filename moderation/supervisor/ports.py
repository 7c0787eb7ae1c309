"""Addresses are tried before the servers that use them start."""

from __future__ import annotations

import errno
import socket

from moderation.errors import BadSetting
from moderation.settings import PREFIX


def check_free(setting: str, bind: str) -> None:
    """Try to listen at HOST:PORT; BadSetting names the setting and a remedy."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, int(port)))
            tried.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "the port is taken: stop what listens there"
        else:
            reason = f"cannot listen there ({error.strerror})"
        raise BadSetting(
            f"{PREFIX}{setting}={bind}: {reason}, or set another"
        ) from None
