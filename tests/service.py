"""The service as it runs for real: web server and workers as processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moderation.settings import PREFIX, Settings
from moderation.supervisor import programs
from moderation.supervisor.child import Program
from tests.conditions import eventually


class Service:
    """One web server and any number of workers over one store.

    Every process is a `subprocess.Popen` in ``processes`` by name, there to be
    killed by tests of what happens then. Each is started as `moderation up` does it.
    """

    def __init__(self, settings: Settings, *, log: Path | None = None) -> None:
        self.settings = settings
        self._log = log.open("ab") if log else None
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """The address of the web server, without a trailing slash."""
        return f"http://{self.settings.bind}"

    def start_web(self) -> None:
        """Start the web server under the name ``web``; returns when it is ready."""
        self._start("web", programs.web(self.settings))
        eventually(self.ready, within=40, what="readiness of the web server")

    def start_worker(self, queue: str = "score", *, name: str = "worker") -> None:
        """Start a worker under `name`; it connects in its own time."""
        self._start(name, programs.worker(self.settings, queue))

    def ready(self) -> bool:
        """What ``/readyz`` says; a web server that has ended is an error."""
        ended = self.processes["web"].poll()
        assert ended is None, f"the web server ended with {ended}"
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self, name: str) -> None:
        """End a process as a crash would."""
        process = self.processes.pop(name)
        process.kill()
        process.wait(10)

    def stop(self) -> None:
        """End every process, politely first."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        self.processes.clear()
        if self._log:
            self._log.close()

    def environment(self) -> dict[str, str]:
        """The settings as variables, for any command of the service."""
        values = self.settings.model_dump(mode="json", exclude_none=True)
        named = {
            f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()
        }
        return {**os.environ, **named}

    def _start(self, name: str, program: Program) -> None:
        self.processes[name] = subprocess.Popen(
            program.command,
            env=self.environment() | program.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )


@contextmanager
def running(
    settings: Settings, *, workers: int = 1, log: Path | None = None
) -> Iterator[Service]:
    """A service with a web server and workers that is stopped at the end.

    What its processes print goes to the file `log`, where one is given.
    """
    service = Service(settings, log=log)
    try:
        service.start_web()
        for number in range(workers):
            service.start_worker(name=f"worker-{number + 1}")
        yield service
    finally:
        service.stop()


def free_address() -> str:
    """HOST:PORT on this machine where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
