"""How much a store has to do, counted and not timed: the machine may be busy."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

_EVERY_STEPS = 10
_ROWS_READ = text(
    "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))"
    " FROM pg_stat_xact_user_tables"
)


def work(conn: Connection, act: Callable[[], object]) -> int:
    """Steps of SQLite's machine, or rows that PostgreSQL read, while `act` ran."""
    if conn.dialect.name != "sqlite":
        before = conn.execute(_ROWS_READ).scalar_one()
        act()
        return int(conn.execute(_ROWS_READ).scalar_one() - before)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += _EVERY_STEPS
        return 0

    driver = conn.connection.dbapi_connection
    driver.set_progress_handler(count, _EVERY_STEPS)  # type: ignore[union-attr]
    try:
        act()
    finally:
        driver.set_progress_handler(None, 0)  # type: ignore[union-attr]
    return steps
