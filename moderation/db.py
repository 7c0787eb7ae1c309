"""The engine and its transactions; the only place that connects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

BUSY_MILLISECONDS = 15_000


@dataclass(frozen=True)
class Database:
    """One store, SQLite or PostgreSQL, with a way in for readers and for writers."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements each see the latest commit; never waits."""
        with self.engine.connect() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: commits at the end, rolls back on any error.

        On SQLite it begins IMMEDIATE, so that it waits for its turn at the start
        instead of failing in the middle.
        """
        with self.engine.connect() as conn:
            if conn.dialect.name == "sqlite":
                conn.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield conn
                except BaseException:
                    conn.exec_driver_sql("ROLLBACK")
                    raise
                conn.exec_driver_sql("COMMIT")
            else:
                with conn.begin():
                    yield conn

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is one file on this machine."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def connect(url: str, *, pool_size: int = 8) -> Database:
    """Open the store at `url`; creates the folder of a SQLite file, nothing else.

    SQLite: WAL so that readers never wait, and ``synchronous=FULL`` so that what
    was answered with 201 or 202 survives a power cut.
    """
    address = make_url(url)
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 32}
    if address.get_backend_name() == "sqlite":
        # The driver stays in autocommit mode; write() says BEGIN by itself.
        options["isolation_level"] = "AUTOCOMMIT"
        options["connect_args"] = {"check_same_thread": False}
    else:
        options["pool_pre_ping"] = True
    engine = create_engine(address, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return Database(engine)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -32768")
    cursor.close()


def insert_or_ignore(conn: Connection, table: Table) -> Any:
    """An INSERT that leaves rows alone which another transaction made first."""
    return upsert(conn, table).on_conflict_do_nothing()


def upsert(conn: Connection, table: Table) -> Any:
    """The dialect's INSERT that knows ON CONFLICT; both stores spell it alike."""
    return (sqlite if conn.dialect.name == "sqlite" else postgresql).insert(table)
