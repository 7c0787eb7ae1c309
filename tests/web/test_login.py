"""Who gets to the desk, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.accounts import moderators, sessions
from moderation.accounts.moderators import Moderator
from moderation.app import create_app
from moderation.schema.accounts import sign_in
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.factories import PASSWORD
from tests.web.person import Person

Someone = Callable[[], Person]


def test_a_stranger_is_sent_to_the_sign_in_page(someone: Someone) -> None:
    answer = someone().client.get("/review/decided")

    assert answer.status_code == 302
    assert answer.location == "/login?why=please&next=/review/decided"


def test_who_acts_after_the_session_ended_is_told_and_comes_back(
    someone: Someone,
) -> None:
    place = {"Referer": "http://localhost/review?lane=reported"}
    stranger = someone().client

    form = stranger.post("/review/bulk", headers=place)
    assert (form.status_code, form.location) == (
        302,
        "/login?why=lost&next=/review?lane%3Dreported",
    )
    assert (
        "nothing that you did since then was kept" in stranger.get(form.location).text
    )
    script = stranger.post(
        "/review/bulk", headers={**place, "Accept": "application/json"}
    )
    assert script.status_code == 401
    assert script.get_json()["sign_in"] == form.location


def test_the_right_password_opens_the_desk(
    someone: Someone, moderator: Moderator
) -> None:
    person = someone()

    answer = person.sign_in(moderator)

    assert (answer.status_code, answer.location) == (303, "/review")
    assert f"Signed in as {moderator.name}" in person.read("/review")


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", "x" * 100_000])
def test_a_wrong_password_does_not(
    someone: Someone, moderator: Moderator, password: str
) -> None:
    person = someone()

    answer = person.sign_in(moderator, password)

    assert answer.status_code == 401
    assert "E-mail and password do not belong together." in answer.text
    assert person.client.get("/review").status_code == 302


def test_an_unknown_email_gets_the_same_answer_as_a_wrong_password(
    someone: Someone, moderator: Moderator
) -> None:
    known = someone().send("/login", "/login", email=moderator.email, password="no")
    unknown = someone().send("/login", "/login", email="no@example.org", password="no")

    assert known.status_code == unknown.status_code == 401
    assert known.text.count("do not belong") == unknown.text.count("do not belong") == 1


def test_the_email_stays_in_the_form_and_the_password_does_not(
    someone: Someone, moderator: Moderator
) -> None:
    page = someone().sign_in(moderator, "my wrong password").text

    assert f'value="{moderator.email}"' in page
    assert "my wrong password" not in page


def test_signing_out_ends_the_session_in_the_store_too(
    someone: Someone, moderator: Moderator, database: Database
) -> None:
    person = someone()
    person.sign_in(moderator)
    stolen = person.client.get_cookie("session")
    assert stolen

    person.send("/review", "/logout")

    thief = someone()
    thief.client.set_cookie("session", stolen.value)
    assert thief.client.get("/review").status_code == 302
    with database.read() as conn:
        assert conn.execute(select(sign_in)).all() == []


def test_the_store_keeps_no_token_that_would_sign_anybody_in(
    database: Database, moderator: Moderator, now: datetime
) -> None:
    with database.write() as conn:
        token = sessions.start(conn, moderator.id, now=now, hours=1)
        row = conn.execute(select(sign_in)).one()

    assert token.encode() not in bytes(row.token_hash)
    with database.read() as conn:
        assert sessions.whose(conn, row.token_hash.hex(), now=now) is None
        assert sessions.whose(conn, token, now=now) == moderator


def test_a_session_ends_when_its_time_is_over(
    database: Database, moderator: Moderator, now: datetime
) -> None:
    with database.write() as conn:
        token = sessions.start(conn, moderator.id, now=now, hours=1)

    late = now + timedelta(hours=1)
    with database.read() as conn:
        assert sessions.whose(conn, token, now=late) is None
        assert sessions.whose(conn, token, now=late - timedelta(seconds=1))


def test_the_cookie_is_hidden_from_scripts_and_other_sites(
    someone: Someone, moderator: Moderator
) -> None:
    cookie = someone().sign_in(moderator).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("store", ["sqlite"])
def test_the_cookie_travels_by_https_only_where_the_service_does(
    make_settings: Callable[..., Settings], moderator: Moderator
) -> None:
    app = create_app(make_settings(public_url="https://comments.example.org"))
    with app.test_client() as client:
        cookie = client.get("/login", base_url="https://x").headers["Set-Cookie"]
    app.extensions["moderation"].database.close()

    assert "Secure" in cookie


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "/"),
        *("/accounts.evil.example", "/auditor", "/login", "javascript:alert(1)", ""),
    ],
)
def test_the_way_on_after_signing_in_stays_on_the_desk(
    someone: Someone, moderator: Moderator, elsewhere: str
) -> None:
    answer = someone().send(
        "/login",
        f"/login?next={elsewhere}",
        email=moderator.email,
        password=PASSWORD,
    )

    assert answer.location == "/review"


@pytest.mark.parametrize("page", ["/audit?act=undo", "/settings/news", "/account"])
def test_it_leads_to_any_page_of_the_desk(
    someone: Someone, moderator: Moderator, page: str
) -> None:
    person = someone()

    answer = person.send(
        "/login",
        f"/login?next={page}",
        email=moderator.email,
        password=PASSWORD,
    )

    assert answer.location == page
    assert person.client.get(page).status_code == 200


def test_a_form_that_we_did_not_make_signs_nobody_in(
    app: Flask, moderator: Moderator
) -> None:
    form = {"email": moderator.email, "password": PASSWORD}

    answer = app.test_client().post("/login", data=form)

    assert answer.status_code == 400
    assert "This page was open for a long time." in answer.text


@pytest.mark.parametrize("store", ["sqlite"])
def test_guessing_is_slowed_down(
    make_settings: Callable[..., Settings], moderator: Moderator
) -> None:
    app = create_app(make_settings(rate_limit_login="3 per minute"))
    person = Person(app.test_client())
    statuses = [person.sign_in(moderator, "guess").status_code for _ in range(4)]
    right = person.sign_in(moderator)
    app.extensions["moderation"].database.close()

    assert statuses == [401, 401, 401, 429]
    assert right.status_code == 429
    assert "Please wait a minute" in right.text


def test_a_short_password_is_not_taken(database: Database) -> None:
    with database.write() as conn, pytest.raises(ValueError, match="12 to 1,024"):
        moderators.add(
            conn,
            email="a@example.org",
            name="A",
            password="short",
            now=datetime.now(UTC),
        )
