"""What is measured: this service and its peers, as real processes on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError

import redis
from sqlalchemy.engine import make_url

from moderation import migrations
from moderation.enums import ATTRIBUTES, Mode
from moderation.settings import PREFIX, Settings
from moderation.sites import site as sites
from moderation.sites.settings import SiteSettings, Threshold
from moderation.storage.database import Database, connect
from moderation.supervisor import programs, valkey
from tests.servers import Postgres
from tests.service import free_address

ORIGIN = "https://news.example.org"
SITE = "news"
START_SECONDS = 60.0
USUAL = SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED)
# Publishes whatever the models say.
OPEN = SiteSettings(
    mode=Mode.PUBLISH_UNLESS_FLAGGED,
    thresholds={name: Threshold(hold_at=1, reject_at=1.01) for name in ATTRIBUTES},
)

_ISSO = """\
[general]
dbpath = {database}
host = {origin}
notify =
[moderation]
enabled = {moderation}
[guard]
enabled = false
[server]
listen = http://{address}
"""


class Peer:
    """Isso with one site, its settings as they come but for moderation and guard."""

    def __init__(self, folder: Path, *, moderation: bool, workers: int = 1) -> None:
        self.address = free_address()
        self.name = f"Isso, {workers} × {Settings().web_threads}"
        self.database = folder / f"isso-{workers}.db"
        self._workers = workers
        self._config = folder / f"isso-{workers}.cfg"
        self._config.write_text(
            _ISSO.format(
                database=self.database,
                origin=ORIGIN,
                address=self.address,
                moderation=str(moderation).lower(),
            )
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Under gunicorn with threads: more than the server it starts by itself gives."""
        command = (
            *(sys.executable, "-m", "gunicorn", "isso.run", "--bind", self.address),
            *("--worker-class", "gthread", "--workers", str(self._workers)),
            *("--threads", str(Settings().web_threads), "--keep-alive", "20"),
            *("--log-level", "error"),
        )
        with process(command, {"ISSO_SETTINGS": str(self._config)}, silent=True):
            wait_for(f"http://{self.address}/js/embed.min.js")
            yield


class Ours:
    """This service with one site that has no rate limit; nothing runs by itself."""

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str = "",
        site: SiteSettings = USUAL,
        **wanted: object,
    ) -> None:
        values: dict[str, object] = {
            "data_dir": folder,
            "database_url": database_url,
            "redis_url": valkey.url(folder),
            "bind": free_address(),
            "secret_key": "a secret key for measurements",
            "rate_limit_address": "off",
            "rate_limit_site": "off",
            "form_min_seconds": 0.0,
            "log_level": "warning",
        }
        self.settings = Settings.model_validate(values | wanted)
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        database = self.connect()
        migrations.upgrade(database)
        with database.write() as conn:
            self.site = sites.find(conn, SITE) or sites.add(
                conn,
                key=SITE,
                name="The News",
                origins=[ORIGIN],
                now=datetime.now(UTC),
                settings=site,
            )
        database.close()

    @property
    def address(self) -> str:
        """HOST:PORT of the web server."""
        return self.settings.bind

    def connect(self) -> Database:
        """A connection of one's own to the store."""
        return connect(self.settings.sqlalchemy_url)

    @contextmanager
    def wake_up(self) -> Iterator[redis.Redis]:
        """A Valkey server of its own."""
        program = valkey.program(self.settings.data_dir)
        with process(program.command, program.environment):
            assert program.ready is not None
            until(program.ready, "Valkey")
            with redis.Redis.from_url(self.settings.redis_url) as client:
                yield client

    @contextmanager
    def web(self) -> Iterator[int]:
        """The web server as it runs by default; its process id."""
        program = programs.web(self.settings)
        with process(
            program.command, {**self.environment(), **program.environment}
        ) as started:
            wait_for(f"http://{self.address}/healthz")
            yield started.pid

    @contextmanager
    def worker(self) -> Iterator[int]:
        """One worker process for the job queue "score"; its process id."""
        program = programs.worker(self.settings, "score")
        with (
            process(
                program.command, {**self.environment(), **program.environment}
            ) as started,
            redis.Redis.from_url(self.settings.redis_url) as client,
        ):
            until(lambda: bool(client.scard("rq:workers")), "the worker")
            yield started.pid

    def environment(self) -> dict[str, str]:
        """The settings as variables, with those that are there already."""
        values = self.settings.model_dump(mode="json", exclude_none=True)
        named = {f"{PREFIX}{name.upper()}": str(each) for name, each in values.items()}
        return {**os.environ, **named}


def as_shipped() -> str:
    """This service by its number of web processes and threads."""
    usual = Settings()
    return f"this service, {usual.web_workers} × {usual.web_threads}"


@contextmanager
def postgresql(kept: Path | None = None) -> Iterator[str]:
    """The address of a database in a server of its own, with fsync on.

    In the folder `kept` it stays, for the next who asks with the same folder.
    """
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = kept or Path(name)
        is_new = not (folder / "data").exists()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        server = Postgres(folder, durable=True)
        server.start()
        try:
            url = server.create("measured") if is_new else server.url("measured")
            yield make_url(url).render_as_string(hide_password=False)
        finally:
            server.stop()


@contextmanager
def process(
    command: Sequence[str], environment: Mapping[str, str], *, silent: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A child process that is ended at the end."""
    started = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if silent else None,
    )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def wait_for(url: str) -> None:
    """Return when a web server answers there, whatever it says."""

    def answers() -> bool:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except HTTPError:
            return True
        except (URLError, ConnectionError, TimeoutError):
            return False
        return True

    until(answers, url)


def until(
    condition: Callable[[], bool], what: str, patience: float = START_SECONDS
) -> None:
    """Return when the condition holds; TimeoutError after `patience` seconds."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} took longer than {patience:.0f} s")
        time.sleep(0.02)
