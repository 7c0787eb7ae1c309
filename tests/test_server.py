"""The web server stops when it is told to, whatever its workers are doing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.settings import SECRET_FILE, Settings
from moderation.supervisor import programs
from tests.conditions import eventually
from tests.service import Service

# Less than the server waits before it kills a worker that does not go.
SOON_SECONDS = 6


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_worker_that_still_loads_is_stopped_at_once(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings(secret_key="", web_workers=1)
    # A key that never comes to its end keeps the worker loading.
    endless = settings.data_dir / SECRET_FILE
    endless.parent.mkdir()
    os.mkfifo(endless)
    program = programs.web(settings)
    environment = Service(settings).environment() | program.environment
    with subprocess.Popen(program.command, env=environment) as server:
        try:
            loading = eventually(lambda: _read_end(endless), within=40, what="a reader")
            server.terminate()
            code = server.wait(SOON_SECONDS)
            os.close(loading)
        finally:
            server.kill()

    assert code == 0


def _read_end(fifo: Path) -> int:
    """A descriptor to write to whoever reads; 0 as long as nobody does."""
    try:
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return 0
