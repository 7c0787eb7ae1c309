"""Fill an empty store with the comments of a desk, as fast as it takes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from benchmarks.desk_rows import COMMENTS, Desk, write
from moderation.schema.types import metadata
from moderation.storage.database import Database


def fill(database: Database, desk: Desk, count: int = COMMENTS) -> None:
    """Write all rows into a store of our own, and let the planner look at them.

    What is faster made anew than kept up is dropped meanwhile, the safety of the disk
    included.
    """
    if database.is_sqlite:
        with database.engine.connect() as conn:
            for pragma in (
                "synchronous = OFF",
                "foreign_keys = OFF",
                "cache_size = -1000000",
                "journal_mode = OFF",
            ):
                conn.exec_driver_sql(f"PRAGMA {pragma}")
            conn.exec_driver_sql("BEGIN")
            with _without_indexes(conn):
                write(conn, desk, count)
            conn.exec_driver_sql("COMMIT")
            conn.exec_driver_sql("ANALYZE")
            conn.exec_driver_sql("PRAGMA journal_mode = WAL")
        return
    words_index = "CREATE INDEX ix_comment_words ON comment_words USING gin (words)"
    with database.write() as conn:
        # Rows that fit by the way they are made: no foreign key is looked up.
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        conn.execute(text("DROP INDEX ix_comment_words"))
        with _without_indexes(conn):
            write(conn, desk, count)
        conn.execute(text(words_index))
    with database.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT").execute(
            text("VACUUM ANALYZE")
        )


@contextmanager
def _without_indexes(conn: Connection) -> Iterator[None]:
    """Keep only what is unique until all rows are there."""
    indexes = [
        index
        for table in metadata.sorted_tables
        for index in table.indexes
        if not index.unique
    ]
    for index in indexes:
        index.drop(conn)
    yield
    for index in indexes:
        index.create(conn)
