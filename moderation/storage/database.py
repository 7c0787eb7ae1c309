"""The engine and its transactions; the only place that connects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table, create_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from moderation.storage import connections, key_conflicts, store_errors
from moderation.storage.process_numbers import ProcessNumber
from moderation.storage.slots import LOCK_SECONDS, STATEMENT_SECONDS, StoreSlots
from moderation.storage.write_lock import WriteLock

# In the query of the store's address: how a pooler between us and PostgreSQL works.
POOLING = "pooling"


@dataclass(frozen=True)
class Database:
    """One store, SQLite or PostgreSQL, with a way in for readers and for writers."""

    engine: Engine
    write_lock: WriteLock | None = None
    number: ProcessNumber = field(default_factory=ProcessNumber)
    # Of a web process: how many of its threads may be with the store at once.
    slots: StoreSlots | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements each see the latest commit; never waits.

        No transaction is begun and ended around them: that would be two messages to
        PostgreSQL for nothing.
        """
        # Readers of SQLite wait for nobody.
        with self.slot(is_needed=not self.is_sqlite), self._reading.connect() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: commits at the end, rolls back on any error.

        On SQLite it begins IMMEDIATE, so that it waits for its turn at the start
        instead of failing in the middle.
        """
        with self.slot():
            if self.number.is_due():
                self._renew_number()
            with self._transaction() as conn:
                yield conn
        key_conflicts.note_commit()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if self.write_lock is None:
            with self.engine.begin() as conn:
                yield conn
            return
        with self.write_lock.acquire(), self.engine.connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield conn
            except BaseException:
                # SQLite has done it by itself where the disk is full or fails.
                if conn.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                    conn.exec_driver_sql("ROLLBACK")
                raise
            conn.exec_driver_sql("COMMIT")

    def slot(self, *, is_needed: bool = True) -> AbstractContextManager[None]:
        """Be one of the threads that may be with the store, nested calls included."""
        return self.slots.hold() if self.slots and is_needed else nullcontext()

    def _renew_number(self) -> None:
        """In a transaction of its own, which is short: others may want the same number."""
        try:
            with self._transaction() as conn:
                self.number.renew(conn)
        except DBAPIError as error:
            # Away, read-only or without this table: the caller meets the same or migrates.
            self.number.put_off()
            if store_errors.is_locked(error):
                # The caller would wait as long once more.
                raise

    @cached_property
    def _reading(self) -> Engine:
        if self.is_sqlite:
            return self.engine
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is one file on this machine."""
        return self.engine.dialect.name == "sqlite"

    def visitors_wrote(self, *, within: float) -> bool:
        """Whether, within so many seconds, visitors wanted the turn to write.

        Never on PostgreSQL, where nobody waits for the writes of somebody else.
        """
        return self.write_lock is not None and self.write_lock.was_wanted(within)

    def close(self) -> None:
        """Give all connections back, and keep no file open."""
        self.engine.dispose()
        if self.write_lock is not None:
            self.write_lock.close()


def connect(
    url: str,
    *,
    pool_size: int = 8,
    yields: bool = False,
    slots: StoreSlots | None = None,
) -> Database:
    """Open the store at `url`; creates the folder of a SQLite file, nothing else.

    SQLite: WAL so that readers never wait, and ``synchronous=FULL`` so that what
    was answered with 201 or 202 survives a power cut. Who `yields` lets others write
    first. PostgreSQL: with ``pooling=transaction`` in the query nothing is left to a
    session, because the next transaction may meet another one. A web process gives its
    `slots`; there nothing waits for somebody else's lock for longer than LOCK_SECONDS.
    """
    address = make_url(url)
    by_transaction = address.query.get(POOLING) == "transaction"
    address = address.difference_update_query([POOLING])
    options: dict[str, Any] = {
        "pool_size": pool_size,
        # What visitors typed is in them, and errors are printed by whoever meets them.
        "hide_parameters": True,
        "max_overflow": 32,
        "json_serializer": lambda document: orjson.dumps(document).decode(),
        "json_deserializer": _document,
    }
    if address.get_backend_name() == "sqlite":
        # The driver stays in autocommit mode; write() says BEGIN by itself.
        options["isolation_level"] = "AUTOCOMMIT"
        options["connect_args"] = {"check_same_thread": False}
    elif by_transaction:
        # What a statement was prepared under is known to one session only.
        options["connect_args"] = {"prepare_threshold": None}
    engine = create_engine(address, **options)
    connections.prepare(engine, by_transaction=by_transaction)
    if slots is not None and not by_transaction:
        connections.limit_waits(engine, LOCK_SECONDS, STATEMENT_SECONDS)
    if engine.dialect.name != "sqlite":
        return Database(engine, slots=slots)
    wait_seconds = LOCK_SECONDS if slots else None
    path = f"{address.database}.turn"
    lock = WriteLock(path, yields=yields, wait_seconds=wait_seconds)
    return Database(engine, lock, slots=slots)


def _document(text: str | bytes) -> Any:
    """A document as it is stored; None for one that is damaged.

    Who reads many rows still gets the others.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


@lru_cache
def _insert_or_ignore(table: Table, names: tuple[str, ...], dialect: str) -> Any:
    statement = _dialect(dialect).insert(table)
    return statement.on_conflict_do_nothing(index_elements=names)


def insert_or_ignore(conn: Connection, table: Table, *names: str) -> Any:
    """An INSERT that leaves rows alone which another transaction made first.

    They are known by the columns `names`. A clash of row keys is an error all the same:
    whoever went on would take the other row for theirs.
    """
    return _insert_or_ignore(table, names, conn.dialect.name)


def insert_all(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> bool:
    """Insert threads or authors that nobody else has made meanwhile; whether that was all."""
    done = conn.execute(insert_or_ignore(conn, table, "site_id", "identity"), rows)
    return bool(done.rowcount == len(rows))


def upsert(conn: Connection, table: Table) -> Any:
    """The dialect's INSERT that knows ON CONFLICT; both stores spell it alike."""
    return _dialect(conn.dialect.name).insert(table)


def _dialect(name: str) -> Any:
    return sqlite if name == "sqlite" else postgresql
