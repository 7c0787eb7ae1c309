"""A store of an earlier version shows the same after `moderation migrate`.

``bffe13d.json.gz`` holds the rows that commit bffe13d wrote for two sites in a week (202
comments, decided by people and by the worker), and what its pages showed of them: the
comments, names and entries, not the words around them.
"""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import DateTime, Engine, LargeBinary, MetaData, Table

from moderation import migrations
from moderation.accounts import moderators
from moderation.app import create_app
from moderation.settings import Settings
from moderation.storage.database import Database, connect
from tests.servers import Postgres
from tests.travelling import travel
from tests.web.person import Person

OLD_HEAD = "0006"
FILE = Path(__file__).parent / "bffe13d.json.gz"


@pytest.fixture(scope="module")
def dump() -> dict[str, Any]:
    with gzip.open(FILE, "rt", encoding="utf-8") as stream:
        return dict(json.load(stream))


@pytest.fixture
def database_url(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """An empty store of its own: it starts with the tables of then."""
    if store == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.create("upgraded")


@pytest.fixture
def upgraded(settings: Settings, dump: dict[str, Any]) -> Iterator[Database]:
    database = connect(settings.sqlalchemy_url)
    migrations.upgrade(database, to=OLD_HEAD)
    _fill(database.engine, dump["tables"])
    migrations.upgrade(database)
    yield database
    database.close()


def _fill(engine: Engine, tables: dict[str, list[dict[str, Any]]]) -> None:
    known = MetaData()
    known.reflect(engine)
    # The rows come in the order of their tables' names.
    is_sqlite = engine.dialect.name == "sqlite"
    off = "PRAGMA foreign_keys = OFF", "SET session_replication_role = replica"
    on = "PRAGMA foreign_keys = ON", "SET session_replication_role = DEFAULT"
    with engine.begin() as conn:
        conn.exec_driver_sql(off[not is_sqlite])
        for name, rows in tables.items():
            if rows:
                conn.execute(
                    known.tables[name].insert(),
                    [_row(known.tables[name], each) for each in rows],
                )
        conn.exec_driver_sql(on[not is_sqlite])


def _row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    values = dict(row)
    for column in table.columns:
        value = values.get(column.name)
        if isinstance(value, dict) and "at" in value and _is(column, DateTime):
            at = datetime.fromisoformat(value["at"])
            keeps_zone = getattr(column.type, "timezone", False)
            values[column.name] = at if keeps_zone else at.replace(tzinfo=None)
        elif isinstance(value, dict) and "hex" in value and _is(column, LargeBinary):
            values[column.name] = bytes.fromhex(value["hex"])
    return values


def _is(column: Any, kind: type) -> bool:
    return isinstance(column.type, kind)


def test_every_page_shows_what_it_showed_before(
    upgraded: Database, settings: Settings, dump: dict[str, Any]
) -> None:
    app: Flask = create_app(settings)
    person = Person(app.test_client())
    wrong = []
    with travel(datetime.fromisoformat(dump["now"]), tick=False):
        with upgraded.read() as conn:
            owner = moderators.find(conn, dump["owner"])
        assert owner
        assert person.sign_in(owner, dump["password"]).status_code == 303
        for path, before in dump["pages"].items():
            answer = person.client.get(path)
            shown = " ".join(html.unescape(re.sub(r"<[^>]+>", "", answer.text)).split())
            cards = re.findall(r'id="card-(\w+)"', answer.text)
            lost = [
                each
                for each in before["strings"]
                if " ".join(each.split()) not in shown
            ]
            if (
                answer.status_code != before["status"]
                or lost
                or cards != before["cards"]
            ):
                wrong.append((path, answer.status_code, lost[:3]))
    app.extensions["moderation"].database.close()

    assert not wrong
