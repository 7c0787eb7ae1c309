"""Who has a login gets in with an OpenID provider: a real one, in a process of its own."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.accounts import two_factor
from moderation.accounts.moderators import Moderator
from moderation.schema import accounts
from moderation.storage.database import Database
from tests.web.person import Person
from tests.web.provider.ways import Provider, come, is_in


def test_a_member_gets_in_by_a_verified_address_and_then_by_subject(
    person: Person, app: Flask, provider: Provider, moderator: Moderator, database: Database
) -> None:  # fmt: skip
    provider.knows("ada", email=moderator.email.upper(), email_verified=True)
    assert "Sign in with Example" in person.read("/login")

    answer = come(person, provider, "ada")

    assert (answer.status_code, answer.location) == (303, "/review")
    assert f"Signed in as {moderator.name}" in person.read("/account")
    with database.read() as conn:
        row = conn.execute(select(accounts.moderator)).one()
    assert (row.issuer, row.subject) == (provider.issuer, "ada")

    provider.knows("ada", email="moved@example.org", email_verified=True)
    later = Person(app.test_client())
    come(later, provider, "ada")
    assert f"Signed in as {moderator.name}" in later.read("/account")


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_opens_nothing(
    person: Person, provider: Provider, moderator: Moderator, verified: object
) -> None:
    provider.knows("eve", email=moderator.email, email_verified=verified)

    answer = come(person, provider, "eve")

    assert answer.status_code == 403
    assert "has not verified your e-mail address" in answer.text
    assert not is_in(person)


def test_who_made_a_login_with_the_address_of_somebody_else_is_thrown_out(
    person: Person, app: Flask, provider: Provider, moderator: Moderator
) -> None:
    squatter = Person(app.test_client())
    squatter.sign_in(moderator)
    assert is_in(squatter)
    provider.knows("owner", email=moderator.email, email_verified=True)

    come(person, provider, "owner")

    assert is_in(person)
    assert not is_in(squatter)
    assert squatter.sign_in(moderator).status_code == 401
    wanted = "the words of the owner"
    assert (
        person.send("/account", "/account/password", password=wanted).status_code == 303
    )
    assert squatter.sign_in(moderator, wanted).status_code == 303


def test_a_second_account_at_the_provider_does_not_take_a_login_over(
    person: Person, app: Flask, provider: Provider, moderator: Moderator
) -> None:
    provider.knows("first", email=moderator.email, email_verified=True)
    provider.knows("second", email=moderator.email, email_verified=True)
    come(person, provider, "first")
    other = Person(app.test_client())

    answer = come(other, provider, "second")

    assert answer.status_code == 403
    assert "belongs to another account at Example" in answer.text
    assert not is_in(other)


def test_the_second_factor_is_asked_for_here_too(
    person: Person, provider: Provider, moderator: Moderator, database: Database
) -> None:
    provider.knows("ivan", email=moderator.email, email_verified=True)
    with database.write() as conn:
        conn.execute(
            accounts.moderator.update().values(totp_nonce="x", recovery_hashes=[])
        )
        codes = two_factor.renew_recovery_codes(conn, moderator.id)

    assert come(person, provider, "ivan").location == "/login/code"
    assert not is_in(person)
    person.send("/login/code", "/login/code", code=codes[0])
    assert is_in(person)
