"""Fixtures: real servers, a fresh store for every test, the app, a browser.

Each process of pytest-xdist has servers and a browser of its own.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from moderation import migrations
from moderation.app import create_app
from moderation.settings import PREFIX, Settings
from moderation.storage.database import Database, connect
from tests import compiled
from tests.commands import Run, called, started
from tests.servers import Postgres, Valkey
from tests.service import Service, free_address, running
from tests.supervised import Up

pytest_plugins = ["tests.browsing", "tests.postbox", "tests.scratch"]

STORE = "moderation"

SECRET_KEY = "a secret key that only tests know"


def pytest_collection_finish() -> None:
    """What is imported by now stays: no collection of garbage looks through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _bare_environment() -> None:
    """Whoever runs the tests may have settings of their own."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    """Each test has an app and a store of its own, and all of them are made alike."""
    compiled.share()


@pytest.fixture
def now() -> datetime:
    """The moment at which a test takes place."""
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A server that lives as long as the tests; ask for ``valkey`` instead."""
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def valkey(valkey_server: Valkey) -> Valkey:
    """A Redis-protocol server with nothing in it."""
    with valkey_server.client() as client:
        client.flushall()
    return valkey_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with one migrated database, which the tests take by turns.

    It runs as another user when the tests run as root, and pytest closes its own
    folders to other users whenever it starts, here or in another run.
    """
    with tempfile.TemporaryDirectory(prefix="moderation-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postgres(folder)
        server.start()
        _migrate(server.create(STORE))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> str:
    """Which store a test runs on: both, unless it is parametrized otherwise."""
    return str(request.param)


@pytest.fixture
def database_url(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The address of a store that has all its tables, and no rows."""
    if store == "sqlite":
        path = tmp_path / "moderation.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.url(STORE)
    server.empty(STORE)


@pytest.fixture
def make_settings(
    database_url: str, valkey: Valkey, tmp_path: Path
) -> Callable[..., Settings]:
    """Settings for a test, with whatever it wants otherwise; limits are off."""

    def make(**wanted: object) -> Settings:
        values: dict[str, object] = {
            "data_dir": tmp_path / "data",
            "database_url": database_url,
            "redis_url": valkey.url,
            "bind": free_address(),
            "demo_bind": free_address(),
            "secret_key": SECRET_KEY,
            "rate_limit_address": "off",
            "rate_limit_site": "off",
            "rate_limit_login": "off",
            "form_min_seconds": 0.0,
        }
        return Settings.model_validate(values | wanted)

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """The settings most tests do with."""
    return make_settings()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A fresh, migrated store: the test runs on SQLite and on PostgreSQL."""
    database = connect(settings.sqlalchemy_url)
    yield database
    database.close()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The web application in this process."""
    app = create_app(settings)
    yield app
    app.extensions["moderation"].database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Sends requests to ``app`` without a network."""
    return app.test_client()


@pytest.fixture
def live(settings: Settings) -> Iterator[Service]:
    """The web server and one score worker, running and ready."""
    with running(settings) as service:
        yield service


@pytest.fixture
def up(make_settings: Callable[..., Settings], tmp_path: Path) -> Iterator[Up]:
    """`moderation up` with a Valkey server of its own; started by the test."""
    up = Up(make_settings(redis_url="", database_url=""), tmp_path)
    yield up
    up.end()


@pytest.fixture
def run(settings: Settings) -> Run:
    """Runs a command against the test's store, in this process."""
    return called(settings)


@pytest.fixture
def start(settings: Settings) -> Run:
    """Runs a command against the test's store, as a process of its own."""
    return started(settings)


def _migrate(url: str) -> None:
    if url.startswith("postgresql:"):
        url = str(make_url(url).set(drivername="postgresql+psycopg"))
    database = connect(url)
    migrations.upgrade(database)
    database.close()
