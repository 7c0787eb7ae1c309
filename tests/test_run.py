"""`moderation up`, as a person starts and stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from moderation import valkey
from moderation.settings import Settings
from tests.conditions import eventually
from tests.supervised import Up

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


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
    groups = {os.getpgid(child.pid) for child in up.process.children()}

    assert len(family) >= 5, "web, its worker, a score worker, a slow one, valkey"
    assert answers(f"{up.url}/healthz")
    # Ctrl-C reaches the supervisor alone, which stops the others in order.
    assert os.getpgid(up.process.pid) not in groups
    assert up.stop(number) == 0
    assert alive(family) == []


def test_after_a_kill_it_starts_again_at_once_and_no_process_is_left(up: Up) -> None:
    up.start()
    family = up.family()
    up.stop(signal.SIGKILL)
    up.start()

    assert answers(f"{up.url}/healthz")
    eventually(lambda: not alive(family), within=40, what="the end of all children")


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


def test_each_process_that_dies_is_started_again(up: Up) -> None:
    up.start()
    for part in ("moderation.web.server", "workers.worker score", "valkey-server"):
        before = eventually(lambda part=part: up.child(part), what=f"{part} running")
        assert before
        before.kill()

        def started_again(part: str = part, pid: int = before.pid) -> bool:
            child = up.child(part)
            return child is not None and child.pid != pid

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
