"""The store takes no writes for a while: a failover, a full disk, a lock, a slow server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from moderation.schema.comments import comment
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.attack.test_stores import largest_file
from tests.conditions import eventually
from tests.conftest import STORE
from tests.factories import a_comment
from tests.faults.scene import pending
from tests.moderation.visitor import DOORS, Visitor, check_refused
from tests.servers import Postgres
from tests.service import Service
from tests.workers.conftest import runtime, scorer  # noqa: F401
from workers.runtime import Runtime
from workers.score import drain

postgresql = pytest.mark.parametrize("store", ["postgresql"])
sqlite = pytest.mark.parametrize("store", ["sqlite"])
# What a server may say beside being read-only: full disk, no memory, too many
# connections, cancelled, lock timeout, disk failure, connection lost behind a proxy.
CODES = ("53100", "53200", "53300", "57014", "55P03", "58030", "08006")


@contextmanager
def read_only(postgres: Postgres, how: str) -> Iterator[None]:
    """Forbid writing: for connections that come, as after a failover, or at once."""
    begin, end = {
        "new connections": (
            f"ALTER DATABASE {STORE} SET default_transaction_read_only = on",
            f"ALTER DATABASE {STORE} RESET default_transaction_read_only",
        ),
        "all connections": (
            "ALTER SYSTEM SET default_transaction_read_only = on",
            "ALTER SYSTEM RESET default_transaction_read_only",
        ),
    }[how]
    with psycopg.connect(postgres.url(), autocommit=True) as conn:
        conn.execute(begin)
        conn.execute("SELECT pg_reload_conf()")
        if how == "new connections":
            conn.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s",
                [STORE],
            )
        try:
            yield
        finally:
            conn.execute("SET default_transaction_read_only = off")
            conn.execute(end)
            conn.execute("SELECT pg_reload_conf()")


@postgresql
@pytest.mark.parametrize("how", ["new connections", "all connections"])
def test_visitors_come_back_later_and_all_goes_on_when_it_is_over(
    client: FlaskClient,
    database: Database,
    site: Site,
    postgres: Postgres,
    runtime: Runtime,  # noqa: F811
    how: str,
) -> None:
    assert Visitor(client, "json").send().status_code == 202
    with read_only(postgres, how):
        eventually(lambda: _is_refused(client), what="the first refusal")
        for door in DOORS:
            answer = Visitor(client, door).send(text="While nothing was written.")
            check_refused(answer, door, 503, "store_unavailable")
            assert answer.headers["Retry-After"] == "5"
        ready = eventually(lambda: _not_ready(client), what="the news at /readyz")
        with pytest.raises(Exception, match="read-only transaction"):
            drain(runtime)

    assert ready == {"database": "it is read-only"}
    if how == "all connections":
        # The server's processes hear of it one after the other.
        eventually(lambda: not _is_refused(client), what="the first acceptance")
    assert Visitor(client, "json").send(text="It is over.").status_code == 202
    eventually(lambda: not _not_ready(client), what="readiness")
    eventually(lambda: drain(runtime) or not pending(database), what="the decisions")
    with database.read() as conn:
        assert conn.execute(select(func.count(comment.c.id))).scalar() >= 2


def _is_refused(client: FlaskClient) -> bool:
    return Visitor(client, "json").send(text="Is it so far?").status_code == 503


def _not_ready(client: FlaskClient) -> dict[str, str]:
    answer = client.get("/readyz").json
    assert answer is not None
    return dict(answer["reasons"])


@postgresql
def test_workers_live_through_it_and_go_on(
    live: Service, database: Database, site: Site, postgres: Postgres
) -> None:
    worker = live.processes["worker-1"]
    with read_only(postgres, "all connections"):
        pass
    with database.write() as conn:
        a_comment(conn, site)
    with read_only(postgres, "new connections"):
        eventually(lambda: not live.ready(), what="the news at /readyz")
    with database.write() as conn:
        a_comment(conn, site, "Another one.")

    eventually(lambda: not pending(database), within=30, what="the decisions")
    assert worker.poll() is None
    eventually(live.ready, what="readiness")


@postgresql
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("code", CODES)
def test_whatever_keeps_a_server_from_writing_is_a_refusal_and_no_fault(
    client: FlaskClient, database: Database, site: Site, code: str, door: str
) -> None:
    with database.write() as conn:
        conn.exec_driver_sql(
            "CREATE FUNCTION pg_temp_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE 'no' USING ERRCODE = '{code}'; END $$"
        )
        conn.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON comment"
            " EXECUTE FUNCTION pg_temp_refuse()"
        )
    try:
        answer = Visitor(client, door).send()
    finally:
        with database.write() as conn:
            conn.exec_driver_sql("DROP TRIGGER refuse ON comment")
            conn.exec_driver_sql("DROP FUNCTION pg_temp_refuse")

    check_refused(answer, door, 503, "store_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert Visitor(client, door).send().status_code in (202, 303)


@contextmanager
def every_connection(engine: Engine, statement: str) -> Iterator[None]:
    """Tell each connection something when it is taken from the pool."""

    def tell(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(statement)  # type: ignore[attr-defined]

    event.listen(engine, "checkout", tell)
    try:
        yield
    finally:
        event.remove(engine, "checkout", tell)
        engine.dispose()


@sqlite
def test_a_file_that_may_not_be_written_is_a_refusal_and_no_fault(
    app: Flask, client: FlaskClient, site: Site
) -> None:
    engine = app.extensions["moderation"].database.engine
    with every_connection(engine, "PRAGMA query_only = ON"):
        for door in DOORS:
            answer = Visitor(client, door).send()
            check_refused(answer, door, 503, "store_unavailable")
        ready = eventually(lambda: _not_ready(client), what="the news at /readyz")

    assert ready == {"database": "it is read-only"}
    assert Visitor(client, "json").send().status_code == 202
    eventually(lambda: not _not_ready(client), what="readiness")


@sqlite
def test_a_file_that_cannot_grow_is_a_refusal_and_no_fault(
    app: Flask, client: FlaskClient, site: Site
) -> None:
    engine = app.extensions["moderation"].database.engine
    with every_connection(engine, "PRAGMA max_page_count = 1"):
        for door in DOORS:
            answers = [
                Visitor(client, door).send(text="long words " * 900 + str(number))
                for number in range(40)
            ]
            check_refused(answers[-1], door, 503, "store_unavailable")

    assert Visitor(client, "json").send().status_code == 202


@sqlite
def test_a_full_disk_is_told_by_readiness(
    client: FlaskClient, database: Database, site: Site
) -> None:
    assert Visitor(client, "json").send().status_code == 202
    log = Path(f"{database.engine.url.database}-wal")
    with largest_file(log.stat().st_size):
        ready = eventually(lambda: _not_ready(client), what="the news at /readyz")

    assert "is full" in ready["database"]
    eventually(lambda: not _not_ready(client), what="readiness")


def test_asking_often_writes_once_a_second(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    written: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO process_number"):
            written.append(statement)

    engine = app.extensions["moderation"].database.engine
    client.get("/readyz")
    event.listen(engine, "before_cursor_execute", note)
    for _ in range(30):
        assert client.get("/readyz").status_code == 200
    event.remove(engine, "before_cursor_execute", note)

    assert len(written) <= 3
