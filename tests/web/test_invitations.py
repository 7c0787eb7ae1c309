"""Invitation links: one use, seven days, and only the role that was offered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from moderation.accounts import invitations, memberships, moderators
from moderation.accounts.moderators import Moderator
from moderation.audit import journal as journals
from moderation.enums import Act, Role
from moderation.schema.accounts import invitation
from moderation.schema.audit import journal
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import PASSWORD, a_moderator
from tests.web.person import Person

Someone = Callable[[], Person]
NEW = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def owner(database: Database, site: Site) -> Moderator:
    with database.write() as conn:
        return a_moderator(conn, site, role=Role.OWNER)


@pytest.fixture
def invite(
    database: Database, site: Site, owner: Moderator, now: datetime
) -> Callable[..., str]:
    """Makes an invitation; its path."""

    def make(role: Role = Role.MODERATOR, at: datetime = now) -> str:
        with database.write() as conn:
            return (
                f"/invitations/{invitations.invite(conn, site, role, by=owner, now=at)}"
            )

    return make


def role_of(database: Database, site: Site, email: str) -> Role | None:
    with database.read() as conn:
        places = memberships.of_site(conn, site.id)
    return next((each.role for each in places if each.moderator.email == email), None)


def test_somebody_new_makes_a_login_and_is_in(
    someone: Someone, invite: Callable[..., str], database: Database, site: Site
) -> None:
    person, path = someone(), invite()
    page = person.read(path)
    assert site.name in page
    assert "Your role would be: moderator" in page

    answer = person.send(path, path, **NEW)

    assert (answer.status_code, answer.location) == (303, "/review")
    assert role_of(database, site, "ada@example.org") is Role.MODERATOR
    assert "Signed in as Ada" in person.read("/account")
    with database.read() as conn:
        ada = moderators.find(conn, "ada@example.org")
        entries = conn.execute(select(journal).order_by(journal.c.id)).all()
    assert ada
    assert [each.act for each in entries] == [Act.MEMBERS, Act.MEMBERS]
    assert entries[1].actor == ada.actor
    effects = entries[1].detail[journals.EFFECTS]
    assert effects[0]["after"] == {"role": "moderator"}


def test_somebody_who_has_a_login_joins_with_it(
    someone: Someone, invite: Callable[..., str], database: Database, site: Site
) -> None:
    with database.write() as conn:
        bob = a_moderator(conn, email="bob@example.org")
    person, path = someone(), invite(Role.VIEWER)
    answer = person.send(
        f"/login?next={path}", f"/login?next={path}", email=bob.email, password=PASSWORD
    )
    assert answer.location == path
    assert f"Join as {bob.name}" in person.read(path)

    assert person.send(path, path).status_code == 303

    assert role_of(database, site, "bob@example.org") is Role.VIEWER


def test_a_link_is_good_once(
    someone: Someone, invite: Callable[..., str], database: Database, site: Site
) -> None:
    path = invite()
    late = someone()
    form = late.read(path)
    someone().send(path, path, **NEW)

    token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {**NEW, "email": "eve@example.org", "csrf_token": token}
    answer = late.client.post(path, data=data)

    assert answer.status_code == 404
    assert "This invitation is of no use" in answer.text
    assert role_of(database, site, "eve@example.org") is None
    with database.read() as conn:
        assert moderators.find(conn, "eve@example.org") is None


def test_a_link_is_good_for_seven_days(
    someone: Someone, invite: Callable[..., str], now: datetime
) -> None:
    young, old = now - timedelta(days=6, hours=23), now - timedelta(days=7)

    assert someone().client.get(invite(at=young)).status_code == 200
    assert someone().client.get(invite(at=old)).status_code == 404
    assert someone().client.get("/invitations/nonsense").status_code == 404


def test_the_store_keeps_no_link(
    invite: Callable[..., str], database: Database
) -> None:
    token = invite().rpartition("/")[2]

    with database.read() as conn:
        rows = [*conn.execute(select(invitation)), *conn.execute(select(journal))]

    assert len(rows) == 2
    assert token not in str(rows)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 101),
        ("email", "ada"),
        ("email", ""),
        ("email", "a\x00@example.org"),
        ("password", "short"),
    ],
)
def test_a_bad_login_is_not_made_and_the_link_stays_good(
    someone: Someone,
    invite: Callable[..., str],
    database: Database,
    site: Site,
    field: str,
    value: str,
) -> None:
    path = invite()

    answer = someone().send(path, path, **(NEW | {field: value}))

    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text
    assert PASSWORD not in answer.text
    assert role_of(database, site, "ada@example.org") is None
    assert someone().send(path, path, **NEW).status_code == 303


def test_an_email_that_is_known_must_sign_in_first(
    someone: Someone, invite: Callable[..., str], owner: Moderator, database: Database
) -> None:
    path = invite()

    answer = someone().send(path, path, **(NEW | {"email": owner.email.upper()}))

    assert answer.status_code == 409
    assert "Sign in with it first" in answer.text
    assert someone().client.get(path).status_code == 200
    assert someone().sign_in(owner).status_code == 303


def test_nobody_loses_a_better_role_by_a_link(
    someone: Someone,
    invite: Callable[..., str],
    owner: Moderator,
    database: Database,
    site: Site,
) -> None:
    person, path = someone(), invite(Role.VIEWER)
    person.sign_in(owner)

    answer = person.send(path, path)

    assert answer.status_code == 409
    assert role_of(database, site, owner.email) is Role.OWNER
    assert someone().client.get(path).status_code == 200


def test_a_form_that_we_did_not_make_joins_nobody(
    someone: Someone, invite: Callable[..., str], database: Database, site: Site
) -> None:
    assert someone().client.post(invite(), data=NEW).status_code == 400
    assert role_of(database, site, "ada@example.org") is None
