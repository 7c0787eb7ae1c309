"""`moderation up`, as a person starts and stops it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from moderation import valkey
from moderation.settings import Settings
from tests.conditions import eventually
from tests.service import Service

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


class Up:
    """A running `moderation up` and what it prints."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        service = Service(settings)
        self.url = service.url
        self._folder = folder
        self._environment = service.environment()
        self._process: psutil.Popen | None = None

    def start(self) -> None:
        """Return when it has said where it is."""
        printed, logged = self._folder / "printed", self._folder / "logged"
        with printed.open("wb") as out, logged.open("wb") as errors:
            self._process = psutil.Popen(
                [sys.executable, "-m", "moderation", "up"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
            )
        eventually(self._said_where, within=60, what="the address")

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

    def _said_where(self) -> bool:
        assert self.process.poll() is None, (self._folder / "logged").read_text()
        return f"{self.url}/review" in (self._folder / "printed").read_text()


@pytest.fixture
def up(make_settings: Callable[..., Settings], tmp_path: Path) -> Iterator[Up]:
    """`moderation up` with a Valkey server of its own; started by the test."""
    up = Up(make_settings(redis_url="", database_url=""), tmp_path)
    yield up
    up.end()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [
        process
        for process in processes
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_and_leaves_no_process(
    up: Up, number: signal.Signals
) -> None:
    up.start()
    family = up.family()

    assert len(family) >= 5, "web, its worker, a score worker, a slow one, valkey"
    assert answers(f"{up.url}/healthz")
    assert up.stop(number) == 0
    assert alive(family) == []


def test_killing_the_supervisor_leaves_no_process(up: Up) -> None:
    up.start()
    family = up.family()
    up.stop(signal.SIGKILL)

    eventually(lambda: not alive(family), within=40, what="the end of all children")


def test_it_starts_again_right_after_it_was_killed(up: Up) -> None:
    up.start()
    up.stop(signal.SIGKILL)
    up.start()

    assert answers(f"{up.url}/healthz")


def test_what_was_stored_is_there_at_the_next_start(up: Up) -> None:
    def moderation(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "moderation", *arguments],
            env=up._environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        ).stdout

    up.start()
    moderation("add-site", "news", "The News", "--origin", "https://news.example.org")
    keys = moderation("keys", "news")
    up.stop()
    up.start()

    assert moderation("keys", "news") == keys


@pytest.mark.parametrize(
    "part", ["moderation.web.server", "workers.worker score", "valkey-server"]
)
def test_a_process_that_dies_is_started_again(up: Up, part: str) -> None:
    up.start()
    before = eventually(lambda: up.child(part), what=f"{part} running")
    assert before
    before.kill()

    def started_again() -> bool:
        child = up.child(part)
        return child is not None and child.pid != before.pid

    eventually(started_again, within=40, what=f"a new {part}")
    eventually(lambda: answers(f"{up.url}/healthz"), within=40, what="an answer")


def test_a_data_folder_may_have_a_path_too_long_for_a_socket(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    folder = tmp_path / ("a-long-name-" * 10)
    up = Up(make_settings(redis_url="", database_url="", data_dir=folder), tmp_path)
    try:
        up.start()
        socket_folder = valkey.socket_path(folder).parent
        assert valkey.answers(valkey.url(folder))
        assert socket_folder.stat().st_mode & 0o077 == 0, "nobody else may come in"
    finally:
        up.end()


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
    lines = done.stderr.splitlines()

    assert (done.returncode, len(lines)) == (2, 1), done.stderr
    return lines[0]


def test_a_taken_port_is_named_in_one_line(settings: Settings) -> None:
    host, _, port = settings.bind.rpartition(":")
    with socket.create_server((host, int(port))):
        line = refusal(settings)

    assert re.search(r"MODERATION_BIND=\S+: the port is taken: stop", line)


def test_a_data_folder_that_cannot_be_made_is_named_in_one_line(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"

    assert f"the data folder {folder} cannot be written" in refusal(
        settings, MODERATION_DATA_DIR=str(folder)
    )


def test_a_data_folder_in_use_is_named_in_one_line(up: Up, settings: Settings) -> None:
    up.start()

    assert "is in use by another `moderation up`" in refusal(settings)


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("BIND", "8000", "must be HOST:PORT, for example"),
        ("SCORE_WORKERS", "none", "valid integer"),
        ("DATABASE_URL", "mysql://db", "must start with sqlite:/// or postgresql://"),
        ("RATE_LIMIT_SITE", "often", "per minute"),
    ],
)
def test_a_bad_setting_is_named_in_one_line(
    settings: Settings, name: str, value: str, hint: str
) -> None:
    line = refusal(settings, **{f"MODERATION_{name}": value})

    assert f"MODERATION_{name}={value!r}" in line
    assert hint in line


def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    settings: Settings, tmp_path: Path
) -> None:
    url = f"postgresql://me:geheim@/moderation?host={tmp_path}"
    line = refusal(settings, MODERATION_DATABASE_URL=url)

    assert "cannot be reached" in line
    assert "MODERATION_DATABASE_URL" in line
    assert "geheim" not in line


def test_the_children_of_a_service_see_no_terminal_signals(up: Up) -> None:
    """Ctrl-C must reach the supervisor alone, which stops the others in order."""
    up.start()
    groups = {os.getpgid(child.pid) for child in up.process.children()}

    assert os.getpgid(up.process.pid) not in groups
