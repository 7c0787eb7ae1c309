"""What connections to PostgreSQL are told, and when one is given up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from moderation.settings import Settings
from moderation.storage.database import Database, connect

pytestmark = pytest.mark.parametrize("store", ["postgresql"])


def test_nothing_is_compiled(database: Database) -> None:
    with database.read() as reading, database.write() as writing:
        assert reading.execute(text("SHOW jit")).scalar() == "off"
        assert writing.execute(text("SHOW jit")).scalar() == "off"


def test_what_is_only_read_opens_no_transaction(database: Database) -> None:
    begun = text("SELECT now()")
    with database.read() as conn:
        first, second = (conn.execute(begun).scalar() for _ in range(2))
    with database.write() as conn:
        third, fourth = (conn.execute(begun).scalar() for _ in range(2))

    assert first != second
    assert third == fourth


def test_a_connection_that_the_server_ended_is_replaced(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    alone = connect(url, pool_size=1)
    with alone.read() as conn:
        before = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.read() as conn:
        end = text("SELECT pg_terminate_backend(:pid, 5000)")
        assert conn.execute(end, {"pid": before}).scalar()

    with alone.read() as conn:
        after = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    alone.close()

    assert after != before


@pytest.mark.parametrize("pooling", ["session", "transaction"])
def test_behind_a_pooler_by_transaction_nothing_is_left_to_a_session(
    make_settings: Callable[..., Settings], pooling: str
) -> None:
    database = connect(make_settings(database_pooling=pooling).sqlalchemy_url)
    with database.write() as conn:
        for _ in range(10):
            conn.execute(text("SELECT 1"))
        prepared = conn.exec_driver_sql(
            "SELECT count(*) FROM pg_prepared_statements"
        ).scalar_one()
        changed = conn.exec_driver_sql(
            "SELECT count(*) FROM pg_settings WHERE source = 'session'"
            " AND name IN ('jit', 'lock_timeout', 'statement_timeout')"
        ).scalar_one()
    database.close()

    is_left = pooling == "session"
    assert (prepared > 0, changed > 0) == (is_left, is_left)
