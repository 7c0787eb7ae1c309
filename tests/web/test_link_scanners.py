"""Programs that look into mails open every link: that changes nothing, and it works after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.accounts import invitations
from moderation.enums import Role, Status
from moderation.schema.comments import author
from moderation.schema.types import metadata
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import PASSWORD, a_moderator
from tests.moderation.settled import Desk
from tests.web.person import Person


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(smtp_url="smtp://127.0.0.1:9")


def content(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with database.read() as conn:
        return {
            table.name: sorted(map(repr, conn.execute(select(table))))
            for table in metadata.tables.values()
        }


def scan(client: FlaskClient, path: str) -> None:
    """Ask for a link as scanners do, twice each."""
    for _ in range(2):
        assert client.head(path).status_code == 200
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("what", ["confirm", "stop", "status", "appeal"])
def test_links_of_authors_survive_a_scanner(
    client: FlaskClient, site: Site, database: Database, settings: Settings, what: str
) -> None:
    desk, keyring = Desk(database, site), Keyring(settings.secret_key)
    public_id = desk.comment(Status.HELD, name="Ada", email="ada@example.org",
                             notify_in="en")  # fmt: skip
    desk.rule(public_id, Status.REJECTED)
    with database.read() as conn:
        author_id = conn.execute(select(author.c.public_id)).scalar_one()
    token = keyring.sign("status", public_id)
    path = f"/comments/{token}"
    if what in ("confirm", "stop"):
        path = f"/notices/{what}/{keyring.sign(what, author_id)}"
    before = content(database)

    scan(client, path)
    if what == "appeal":
        assert client.get(f"{path}/appeal").status_code == 405

    assert content(database) == before
    if what in ("confirm", "stop"):
        assert client.post(path).status_code == 200
        assert content(database) != before
    elif what == "appeal":
        answer = client.post(f"{path}/appeal", data={"text": "Please look again."})
        assert answer.status_code == 303
        assert content(database) != before
    else:
        assert "not published" in client.get(path).text


def test_an_invitation_survives_a_scanner(
    app: Flask, site: Site, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.write() as conn:
        owner = a_moderator(conn, site, role=Role.OWNER)
        token = invitations.invite(conn, site, Role.MODERATOR, by=owner, now=now)
    path = f"/invitations/{token}"
    before = content(database)

    scan(app.test_client(), path)

    assert content(database) == before
    form = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    assert Person(app.test_client()).send(path, path, **form).status_code == 303
    assert content(database) != before
