"""Who has no login needs an invitation, whatever the provider says."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from moderation.accounts import invitations
from moderation.accounts.moderators import Moderator
from moderation.enums import Role
from moderation.schema import accounts
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator
from tests.web.person import Person
from tests.web.provider.ways import Provider, come, is_in


def test_a_stranger_stays_outside(
    person: Person, provider: Provider, moderator: Moderator, database: Database
) -> None:
    provider.knows("mallory", email="mallory@example.org", email_verified=True)

    answer = come(person, provider, "mallory")

    assert answer.status_code == 403
    assert "Ask an owner of the site for an invitation" in answer.text
    assert not is_in(person)
    with database.read() as conn:
        assert len(conn.execute(select(accounts.moderator)).all()) == 1


def test_who_holds_an_invitation_gets_a_login_and_joins(
    person: Person, provider: Provider, site: Site, database: Database
) -> None:
    subject = f"grace-{database.engine.dialect.name}"
    provider.knows(
        subject, email="grace@example.org", email_verified=True, name="Grace"
    )
    with database.write() as conn:
        owner = a_moderator(conn, site, role=Role.OWNER)
        token = invitations.invite(
            conn, site, Role.MODERATOR, by=owner, now=datetime.now(UTC)
        )
    path = f"/invitations/{token}"
    assert "Sign in with Example" in person.read(path)

    answer = come(person, provider, subject, f"/login/provider?next={path}")
    assert (answer.status_code, answer.location) == (303, path)
    assert "Join as Grace" in person.read(path)
    person.send(path, path)

    assert site.name in person.read("/account")
    page = person.read("/account")
    assert "You have no password" in page


def test_an_invitation_that_is_of_no_use_makes_nobody_a_login(
    person: Person, provider: Provider, site: Site, database: Database
) -> None:
    provider.knows("heidi", email="heidi@example.org", email_verified=True)

    answer = come(person, provider, "heidi", "/login/provider?next=/invitations/x")

    assert answer.status_code == 403
    with database.read() as conn:
        assert conn.execute(select(accounts.moderator)).all() == []
