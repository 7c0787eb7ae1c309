"""`moderation up`, as a person starts and stops it."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Iterator

import psutil
import pytest

from moderation.settings import Settings
from moderation.storage import redis_client
from moderation.supervisor import valkey
from tests.commands import called
from tests.conditions import eventually
from tests.service import free_address
from tests.supervised import Up, refusal


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


def check_that_it_stops(up: Up, number: signal.Signals) -> None:
    """A signal stops everything and leaves no process."""
    family = up.family()
    groups = {os.getpgid(child.pid) for child in up.process.children()}

    assert len(family) >= 5, "web, its worker, a score worker, a slow one, valkey"
    assert answers(f"{up.url}/healthz")
    # Ctrl-C reaches the supervisor alone, which stops the others in order.
    assert os.getpgid(up.process.pid) not in groups
    assert up.stop(number) == 0
    assert alive(family) == []


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One that runs, for tests that leave it running: in a folder with a long path."""
    folder = tmp_path_factory.mktemp("lasting")
    addresses = {"bind": free_address(), "demo_bind": free_address()}
    data = folder / ("a-long-name-" * 10)
    up = Up(Settings.model_validate({"data_dir": data, **addresses}), folder)
    try:
        up.start()
        yield up
    finally:
        up.end()


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_signal_stops_everything_and_what_was_stored_is_there_at_the_next_start(
    up: Up,
) -> None:
    run = called(up.settings)
    up.start()
    run("add-site", "news", "The News", "--origin", "https://news.example.org")
    keys = run("keys", "news")
    check_that_it_stops(up, signal.SIGTERM)
    up.start()

    assert keys.returncode == 0, keys.stderr
    assert run("keys", "news").stdout == keys.stdout
    check_that_it_stops(up, signal.SIGINT)


@pytest.mark.parametrize("store", ["sqlite"])
def test_the_demo_site_is_there_as_soon_as_the_web_server_answers(up: Up) -> None:
    form = f"{up.url}/api/v1/sites/demo/form"
    up.begin("--demo")

    eventually(lambda: answers(f"{up.url}/healthz"), within=90, what="an answer")

    assert answers(form), "the first who can ask finds the site"
    eventually(lambda: "Password" in up.printed(), within=90, what="the login")
    assert up.printed().count("Password") == 1
    login_file = up.settings.data_dir / "demo-login.json"
    assert not login_file.exists(), "the login is told once"


def test_a_data_folder_may_have_a_path_too_long_for_a_socket(lasting: Up) -> None:
    folder = lasting.settings.data_dir
    socket_folder = valkey.socket_path(folder).parent

    assert not socket_folder.is_relative_to(folder)
    assert redis_client.answers(valkey.url(folder))
    assert socket_folder.stat().st_mode & 0o077 == 0, "nobody else may come in"


def test_a_data_folder_in_use_is_named_in_one_line(lasting: Up) -> None:
    assert "is in use by another `moderation up`" in refusal(lasting.settings)


def test_each_process_that_dies_is_started_again(lasting: Up) -> None:
    def healthy() -> bool:
        return answers(f"{lasting.url}/healthz")

    for part in ("moderation.server", "workers.worker score", "valkey-server"):
        before = eventually(lambda part=part: lasting.child(part), what=f"{part}")
        assert before
        before.kill()

        def started_again(part: str = part, pid: int = before.pid) -> bool:
            child = lasting.child(part)
            return child is not None and child.pid != pid

        eventually(started_again, within=40, what=f"a new {part}")
        eventually(healthy, within=40, what="an answer")


def test_after_a_kill_it_starts_again_at_once_and_no_process_is_left(
    lasting: Up,
) -> None:
    family = lasting.family()
    lasting.stop(signal.SIGKILL)
    lasting.start()

    assert answers(f"{lasting.url}/healthz")
    eventually(lambda: not alive(family), within=40, what="the end of all children")
