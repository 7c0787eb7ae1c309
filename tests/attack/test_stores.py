"""A full disk, and several who bring the store up to date at once."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from moderation import migrations
from moderation.schema.comments import author, comment, revision, thread
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
from tests.factories import ARTICLE, a_site
from tests.servers import Postgres
from tests.service import Service

TABLES = (thread, author, comment, revision)


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_full_disk_refuses_comments_and_stores_no_half_of_one(
    client: FlaskClient, database: Database, judge: Callable[..., int]
) -> None:
    with database.write() as conn:
        site = a_site(conn, key="news")
    log = Path(f"{database.engine.url.database}-wal")
    assert _post(client, 0) == 202

    with largest_file(log.stat().st_size + 400_000):
        answers = [_post(client, number) for number in range(1, 40)]
        assert client.get("/healthz").status_code == 200
        read = f"/api/v1/sites/{site.key}/comments?thread={ARTICLE}"
        assert client.get(read).status_code == 200
    assert set(answers) == {202, 503}
    assert answers[-1] == 503

    # There is room again: what was accepted is there, and the door is open.
    assert _post(client, 99) == 202
    accepted = answers.count(202) + 2
    with database.read() as conn:
        for table in TABLES:
            rows = conn.execute(select(func.count()).select_from(table)).scalar_one()
            assert rows == accepted, table.name
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert judge() == accepted


def test_processes_that_migrate_at_the_same_time_all_find_the_store_ready(
    store: str,
    make_settings: Callable[..., Settings],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    if store == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create(f"empty_{os.getpid()}")
    settings = make_settings(database_url=url)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "moderation", "migrate"],
            env=Service(settings).environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:
        _, complaints = process.communicate(timeout=60)
        assert (process.returncode, complaints.decode()) == (0, "")
    database = connect(settings.sqlalchemy_url)
    assert migrations.is_current(database)
    with database.write() as conn:
        assert isinstance(a_site(conn), Site)
    database.close()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes, like a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _post(client: FlaskClient, number: int) -> int:
    body = {
        "thread": {"url": f"{ARTICLE}/{number}"},
        "author": {"name": f"Reader {number}"},
        "text": f"Words number {number} at {datetime.now(UTC)}.",
    }
    answer = client.post("/api/v1/sites/news/comments", json=body)
    if answer.status_code == 503:
        assert answer.json
        assert answer.json["code"] == "store_unavailable"
        assert answer.headers["Retry-After"]
    return answer.status_code
