"""What a connection to each store is told once, and how one is known to be alive."""

from __future__ import annotations

import select
import time
from functools import partial
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError

from moderation.storage import store_errors

# Whoever waits at SQLite's own lock keeps all others of this service waiting behind.
BUSY_MILLISECONDS = 3_000
# 16 MB of log between checkpoints: each one costs two waits for the disk.
CHECKPOINT_PAGES = 4_000
# After so long without use something on the way may have dropped a connection.
SILENT_SECONDS = 30.0
_USED = "used_at"


def prepare(engine: Engine, *, by_transaction: bool = False) -> None:
    """Set up every connection that `engine` makes.

    With a pooler that hands out servers `by_transaction` there is no session to set up.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        return
    if not by_transaction:
        event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "checkout", _must_be_alive)
    event.listen(engine, "handle_error", _give_up_read_only)


def limit_waits(engine: Engine, lock_seconds: float, statement_seconds: float) -> None:
    """Let no statement of `engine` wait longer for a lock, or run longer.

    For PostgreSQL; on SQLite the write lock has a limit of its own.
    """
    if engine.dialect.name == "sqlite":
        return
    limits = {"lock_timeout": lock_seconds, "statement_timeout": statement_seconds}

    def limit(connection: Any, _record: object) -> None:
        connection.autocommit = True
        for name, seconds in limits.items():
            connection.execute(f"SET {name} = {round(seconds * 1000)}")
        connection.autocommit = False

    event.listen(engine, "connect", limit)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # A damaged text is shown as one, instead of failing for all that is read with it.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    cursor.execute("PRAGMA cache_size = -32768")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True
    # Compiling a statement takes longer than any of ours runs.
    connection.execute("SET jit = off")
    connection.autocommit = False


def _must_be_alive(connection: Any, record: Any, _proxy: object) -> None:
    """Find out without a round trip: an idle connection has nothing to read but its end.

    Only after a long silence the server is asked, because what is between may have
    forgotten the connection without a word.
    """
    now = time.monotonic()
    silent, record.info[_USED] = now - record.info.get(_USED, now), now
    if connection.closed or _has_something(connection.fileno()):
        raise DisconnectionError
    if silent > SILENT_SECONDS and not _answers(connection):
        raise DisconnectionError


def _give_up_read_only(context: ExceptionContext) -> None:
    """After a failover connections lead to what is a read-only replica now.

    And whoever connected while writing was forbidden may never write. All of the pool are
    made anew, because a read does not show it.
    """
    if store_errors.is_read_only(context.original_exception):
        context.is_disconnect = True


def _has_something(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _answers(connection: Any) -> bool:
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except connection.Error:
        return False
    return True
