"""The web server: ``python -m moderation.server``."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from moderation.app import BODY_MAX_BYTES, from_environment
from moderation.settings import Settings
from moderation.web.rsgi import Bridge

_PR_SET_PDEATHSIG = 1  # prctl(2)
_POLITE_SECONDS = 10
_RESPAWN_SECONDS = 0.5
# Whoever has not sent a request's headers by then does not keep a connection.
_HEADER_SECONDS = 5
# Connections that wait to be accepted, and those that one worker process holds: a silent
# one costs a descriptor and some kilobytes.
_BACKLOG, _CONNECTIONS = 2048, 8192
# Requests are logged by the service itself: a server's lines would hold addresses.
_LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "moderation.logs.library_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"_granian": {"level": "ERROR", "propagate": True}},
}


def serve(settings: Settings) -> None:
    """Answer requests at `settings.bind` until SIGTERM or SIGINT."""
    _allow_connections()
    host, _, port = settings.bind.rpartition(":")
    Granian(
        "moderation.server:application",
        factory=True,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        address=host.strip("[]"),
        port=int(port),
        workers=settings.web_workers,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000),
        log_level=LogLevels.error,
        log_dictconfig=_LOGS,
        respawn_failed_workers=True,
        respawn_interval=_RESPAWN_SECONDS,
        workers_kill_timeout=_POLITE_SECONDS,
    ).serve()


def _allow_connections() -> None:
    """Raise the limit of open files to what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * _CONNECTIONS if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def application() -> Bridge:
    """The application in one worker process, which ends when the server does."""
    # The handlers that it was forked with belong to the server and only note a signal:
    # told to stop while it loads, it would sit there until it is killed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        # Killed, the server has no time to stop its workers: the kernel does it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 1:
            sys.exit("the server is gone")
    app = from_environment()
    threads = app.extensions["moderation"].settings.web_threads
    return Bridge(app.wsgi_app, threads=threads, body_bytes=BODY_MAX_BYTES)


if __name__ == "__main__":
    serve(Settings.read())
