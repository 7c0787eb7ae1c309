"""How gunicorn runs the web: read by gunicorn itself, as its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moderation import metrics
from moderation.settings import Settings

worker_class = "gthread"
control_socket_disable = True
# A heartbeat in memory: on a slow disk a worker would look as if it hung.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
keepalive = 20
# Requests are logged by the service itself: gunicorn's lines would hold addresses.
accesslog = None
logconfig_dict = {
    "formatters": {"line": {"()": "moderation.logs.library_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "WARNING", "propagate": True}},
}


def child_exit(_server: object, worker: Any) -> None:
    """Take a worker that has ended out of the gauges."""
    metrics.forget_process(Settings.read().data_dir, worker.pid)
