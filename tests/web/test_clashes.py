"""A row key that is taken already costs nobody their comment, report or decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, Table, event, func, select
from sqlalchemy.exc import IntegrityError

from moderation.comments.draft import Stored
from moderation.enums import Status
from moderation.schema.audit import decision, journal
from moderation.schema.comments import author, comment, thread
from moderation.schema.feedback import report
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.storage.key_conflicts import once_again
from tests.factories import a_comment, a_site
from tests.moderation.visitor import DOORS, Visitor
from tests.web.person import Person
from tests.web.reading import status
from workers.runtime import Runtime
from workers.score import drain

Hold = Callable[..., Stored]


@contextmanager
def taken(engine: Engine, table: Table, key: int) -> Iterator[list[int]]:
    """Give the next row for `table` a key that another row has; the store objects."""
    clashes: list[int] = []

    def take(_conn: Any, statement: Any, many: Any, one: Any, _options: Any) -> Any:
        is_insert = getattr(statement, "is_insert", False)
        if clashes or not is_insert or statement.table is not table:
            return statement, many, one
        clashes.append(key)
        # PostgreSQL gets many rows as one value.
        if one and "rows" in one:
            return statement, many, {"rows": [_with(key, one["rows"][0])]}
        if one:
            return statement, many, _with(key, one)
        return statement, [_with(key, row) for row in many], one

    event.listen(engine, "before_execute", take, retval=True)
    try:
        yield clashes
    finally:
        event.remove(engine, "before_execute", take)


def _with(key: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "id": key}


@pytest.fixture
def engine(app: Flask) -> Engine:
    return app.extensions["moderation"].database.engine


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("table", [comment, thread, author], ids=lambda it: it.name)
def test_a_comment_alone_in_its_batch_is_stored_with_another_key(
    client: FlaskClient,
    database: Database,
    site: Site,
    engine: Engine,
    table: Table,
    door: str,
) -> None:
    visitor = Visitor(client, door)
    visitor.send()
    with database.read() as conn:
        key = conn.execute(select(table.c.id)).scalar_one()

    elsewhere = {"thread_url": "https://news.example.org/other", "name": "Bob"}
    with taken(engine, table, key) as clashes:
        answer = visitor.send(text="Something else.", email="b@b.example", **elsewhere)

    assert (answer.status_code, clashes) == (202 if door == "json" else 303, [key])
    with database.read() as conn:
        counts = [
            conn.execute(select(func.count(func.distinct(each)))).scalar()
            for each in (comment.c.thread_id, comment.c.author_id, comment.c.id)
        ]
    assert counts == [2, 2, 2]


def test_a_report_is_kept_with_another_key(
    client: FlaskClient, person: Person, hold: Hold, database: Database, engine: Engine
) -> None:
    ids = []
    for name in ("Ann", "Bea"):
        ids.append(hold(name=name).public_id)
        person.decide(person.cards()[0], "approved")
    path = "/api/v1/sites/news/comments/{}/reports"
    first = client.post(path.format(ids[0]), json={"reason": "spam"})
    with database.read() as conn:
        key = conn.execute(select(report.c.id)).scalar_one()

    with taken(engine, report, key) as clashes:
        second = client.post(path.format(ids[1]), json={"reason": "spam"})

    assert (first.status_code, second.status_code, clashes) == (202, 202, [key])
    with database.read() as conn:
        assert conn.execute(select(func.count(report.c.id))).scalar() == 2


@pytest.mark.parametrize("table", [journal, decision], ids=lambda it: it.name)
def test_a_decision_of_a_person_is_kept_with_another_key(
    person: Person, hold: Hold, database: Database, engine: Engine, table: Table
) -> None:
    stored = hold(name="Ann")
    with database.read() as conn:
        key = conn.execute(select(func.max(table.c.id))).scalar_one()

    with taken(engine, table, key) as clashes:
        answer = person.decide(person.cards()[0], "approved")

    assert (answer.status_code, clashes) == (303, [key])
    assert status(database, stored) is Status.APPROVED


@pytest.mark.parametrize("table", [journal, decision], ids=lambda it: it.name)
def test_a_decision_of_the_policy_is_kept_with_another_key(
    hold: Hold, runtime: Runtime, database: Database, site: Site, table: Table
) -> None:
    hold(name="Ann")
    with database.read() as conn:
        key = conn.execute(select(func.max(table.c.id))).scalar_one()
    with database.write() as conn:
        stored = a_comment(conn, site)

    with taken(database.engine, table, key) as clashes:
        drain(runtime)

    assert clashes == [key]
    with database.read() as conn:
        rules = conn.execute(
            select(decision.c.rule)
            .join(comment, comment.c.id == decision.c.comment_id)
            .where(comment.c.public_id == stored.public_id)
        ).scalars()
        assert list(rules) == ["first_time"]


def test_a_name_that_is_taken_is_an_error_after_one_more_attempt(
    database: Database, site: Site
) -> None:
    attempts: list[str] = []

    def add() -> None:
        attempts.append(site.key)
        with database.write() as conn:
            a_site(conn, key=site.key)

    with pytest.raises(IntegrityError):
        once_again(add)

    assert len(attempts) == 2


def test_what_is_committed_in_part_is_not_done_again(
    database: Database, site: Site
) -> None:
    attempts: list[Site] = []

    def add() -> None:
        with database.write() as conn:
            attempts.append(a_site(conn))
        with database.write() as conn:
            a_site(conn, key=site.key)

    with pytest.raises(IntegrityError):
        once_again(add)

    assert len(attempts) == 1
