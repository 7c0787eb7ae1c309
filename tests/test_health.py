"""What the service says to machines that watch it."""

from __future__ import annotations

import re
import signal
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from moderation.app import create_app
from moderation.enums import Status
from moderation.schema.audit import journal
from moderation.schema.comments import comment, revision
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.conditions import eventually
from tests.factories import a_comment, a_site
from tests.fakes import FixedScorer
from tests.servers import Postgres, Valkey
from tests.service import Service
from workers.runtime import Runtime
from workers.score import decide_batch, drain


def test_a_web_process_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"ready": True, "reasons": {}, "warnings": []}


def test_without_redis_it_is_alive_but_not_ready(
    client: FlaskClient, valkey: Valkey
) -> None:
    valkey.kill()
    try:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    finally:
        valkey.start()

    assert answer.status_code == 503
    assert answer.json["reasons"] == {"redis": "does not answer"}  # type: ignore[index]


@pytest.mark.parametrize("store", ["postgresql"])
def test_without_its_database_it_is_not_ready(
    client: FlaskClient, postgres: Postgres
) -> None:
    postgres.stop(signal.SIGQUIT)
    try:
        answer = client.get("/readyz")
    finally:
        postgres.start()

    assert answer.status_code == 503
    assert "does not answer" in answer.json["reasons"]["database"]  # type: ignore[index]


@pytest.mark.parametrize("store", ["sqlite"])
def test_without_tables_it_says_what_to_do_and_a_bad_model_is_passed_over(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "current").write_text("no-such-version")
    settings = make_settings(
        database_url=f"sqlite:///{tmp_path}/empty.sqlite3", models_dir=models
    )
    answer = create_app(settings).test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["reasons"] == {  # type: ignore[index]
        "database": "lacks tables: run `moderation migrate`"
    }


def test_pending_comments_and_the_age_of_the_oldest_are_counted_from_the_rows(
    client: FlaskClient, database: Database
) -> None:
    with database.write() as conn:
        site = a_site(conn)
        a_comment(conn, site)
        a_comment(conn, site)
    text = client.get("/metrics").text

    assert sample(text, "moderation_pending_comments") == 2
    assert 0 < sample(text, "moderation_oldest_pending_seconds") < 60


def test_that_nothing_is_decided_is_told_until_something_is(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    runtime = Runtime(
        settings, database, JobQueue.at(settings.redis_url), FixedScorer()
    )
    with database.write() as conn:
        site = a_site(conn)
        a_comment(conn, site)
    assert client.get("/readyz").status_code == 200
    _age(database, timedelta(seconds=settings.patience_seconds + 40))

    answer = client.get("/readyz")
    undecided = sample(client.get("/metrics").text, "moderation_undecided_seconds")

    assert answer.status_code == 503
    assert "although comments are pending" in answer.json["reasons"]["decisions"]  # type: ignore[index]
    assert settings.patience_seconds < undecided < settings.patience_seconds + 90

    drain(runtime)

    assert client.get("/readyz").status_code == 200
    assert sample(client.get("/metrics").text, "moderation_undecided_seconds") == 0


def test_a_backlog_that_is_worked_on_is_nothing_to_tell(
    client: FlaskClient, database: Database, make_settings: Callable[..., Settings]
) -> None:
    settings = make_settings(batch_size=1)
    runtime = Runtime(
        settings, database, JobQueue.at(settings.redis_url), FixedScorer()
    )
    with database.write() as conn:
        site = a_site(conn)
        for _ in range(2):
            a_comment(conn, site)
    _age(database, timedelta(hours=1))

    assert decide_batch(runtime) == 1

    text = client.get("/metrics").text
    assert client.get("/readyz").status_code == 200
    assert sample(text, "moderation_undecided_seconds") < 60
    assert sample(text, "moderation_oldest_pending_seconds") > 3000


@pytest.mark.parametrize("column", ["claimed_until", "created_at"])
def test_comments_of_a_wrong_clock_are_seen(
    client: FlaskClient, database: Database, settings: Settings, column: str
) -> None:
    runtime = Runtime(
        settings, database, JobQueue.at(settings.redis_url), FixedScorer()
    )
    with database.write() as conn:
        site = a_site(conn)
        a_comment(conn, site)
    drain(runtime)
    _age(database, timedelta(hours=1))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with database.write() as conn:
        late = a_comment(conn, site).public_id
        whose = comment.c.public_id == late
        conn.execute(update(comment).where(whose).values({column: tomorrow}))
        if column == "created_at":
            conn.execute(update(revision).values(created_at=tomorrow))
    text = client.get("/metrics").text

    assert sample(text, "moderation_pending_of_wrong_time") == 1
    if column == "created_at":
        # Nobody knows when it came, but when the last one was decided.
        assert sample(text, "moderation_undecided_seconds") > 3000
        assert "decisions" in client.get("/readyz").json["reasons"]  # type: ignore[index]


def _age(database: Database, by: timedelta) -> None:
    """Make everything that has happened so much older."""
    with database.write() as conn:
        for table in (comment, revision, journal):
            key = table.c.comment_id if table is revision else table.c.id
            for row in conn.execute(select(key, table.c.created_at)).all():
                conn.execute(
                    update(table).where(key == row[0]).values(created_at=row[1] - by)
                )


@pytest.mark.parametrize("store", ["sqlite"])
def test_counts_of_the_worker_are_read_through_the_web(
    live: Service, database: Database
) -> None:
    with database.write() as conn:
        site = a_site(conn)
        for _ in range(5):
            a_comment(conn, site)

    def decided() -> bool:
        return sample(metrics(live), "moderation_pending_comments") == 0

    eventually(decided, within=30, what="the decision on five comments")
    text = metrics(live)
    verdicts = sum(
        sample(text, f'moderation_decisions_total{{actor="policy",verdict="{status}"}}')
        for status in (Status.APPROVED, Status.HELD, Status.REJECTED)
    )

    assert sample(text, "moderation_comments_scored_total") == 5
    assert sample(text, "moderation_scored_per_second") > 0
    assert verdicts == 5


def metrics(service: Service) -> str:
    with urllib.request.urlopen(f"{service.url}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def sample(text: str, name: str) -> float:
    """The value of one sample; a count that nobody has begun is 0."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0
