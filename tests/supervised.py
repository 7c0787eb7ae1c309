"""`moderation up` as a process, with what it prints."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from moderation.settings import Settings
from tests.conditions import eventually
from tests.service import Service


class Up:
    """A running `moderation up` and what it prints."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        service = Service(settings)
        self.settings = settings
        self.url = service.url
        self._folder = folder
        self._environment = service.environment()
        self._process: psutil.Popen | None = None

    def start(self, *options: str) -> None:
        """Return when it has said where it is."""
        self.begin(*options)
        eventually(self._said_where, within=90, what="the address")

    def begin(self, *options: str) -> None:
        """Start it and return at once."""
        printed, logged = self._folder / "printed", self._folder / "logged"
        with printed.open("wb") as out, logged.open("wb") as errors:
            self._process = psutil.Popen(
                [sys.executable, "-m", "moderation", "up", *options],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
            )

    @property
    def process(self) -> psutil.Popen:
        """The supervisor."""
        assert self._process, "not started"
        return self._process

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code after a signal."""
        self.process.send_signal(number)
        return int(self.process.wait(40))

    def end(self) -> None:
        """Stop it if it runs."""
        if self._process and self._process.poll() is None:
            self.stop()

    def family(self) -> list[psutil.Process]:
        """It and every process below it."""
        return [self.process, *self.process.children(recursive=True)]

    def child(self, part: str) -> psutil.Process | None:
        """The direct child that has `part` in its command line."""
        for child in self.process.children():
            # One may end while we look.
            with suppress(psutil.NoSuchProcess):
                if part in " ".join(child.cmdline()):
                    return child
        return None

    def printed(self) -> str:
        """What it has told the person who started it."""
        return (self._folder / "printed").read_text()

    def logged(self) -> str:
        """What its processes have written to standard error."""
        return (self._folder / "logged").read_text()

    def _said_where(self) -> bool:
        assert self.process.poll() is None, (self._folder / "logged").read_text()
        return f"{self.url}/review" in (self._folder / "printed").read_text()


def refusal(settings: Settings, **variables: str) -> str:
    """What `moderation up` says, as its only line, before it exits with 2."""
    environment = {**Service(settings).environment(), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "moderation", "up"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=40,
    )
    return only_line(done)


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """What was said on stderr before an exit with 2."""
    lines = done.stderr.splitlines()

    assert (done.returncode, len(lines)) == (2, 1), done.stderr
    return lines[0]
