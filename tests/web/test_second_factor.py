"""A second factor: asked for after the password, good once, and a way back in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.accounts import two_factor
from moderation.accounts.moderators import Moderator
from moderation.app import create_app
from moderation.schema import accounts
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.factories import KEYRING
from tests.travelling import travel
from tests.web.person import Person

Someone = Callable[[], Person]
CODE = re.compile(r"<li><code>([a-z2-7-]{19})</code></li>")
# In the middle of a step, so that no test falls between two.
NOON = datetime(2031, 5, 4, 12, 0, 15, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time stands still until a test moves it."""
    with travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person(
    clock: time_machine.Traveller, someone: Someone, moderator: Moderator
) -> Person:
    """A moderator who is signed in with the password alone."""
    person = someone()
    person.sign_in(moderator)
    return person


class App:
    """The app on the moderator's phone."""

    def __init__(self, page: str) -> None:
        found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
        assert found
        self.secret = found[1].replace(" ", "")

    def code(self, steps: int = 0) -> str:
        """The code at this moment, or some steps later."""
        at = datetime.now(UTC) + timedelta(seconds=30 * steps)
        return pyotp.TOTP(self.secret).at(at)


def set_up(person: Person) -> tuple[App, list[str]]:
    """Turn the second factor on; the app and the recovery codes."""
    page = person.read("/account/code")
    app = App(page)
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    answer = person.send(
        "/account/code", "/account/code", nonce=nonce[1], code=app.code()
    )
    assert answer.status_code == 200, answer.text
    return app, CODE.findall(answer.text)


def sign_in(person: Person, moderator: Moderator, code: str) -> int:
    """Send the password and then a code; the status of the answer to the code."""
    assert person.sign_in(moderator).location == "/login/code"
    return person.send("/login/code", "/login/code", code=code).status_code


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_after_the_password_the_code_is_asked_for(
    person: Person, someone: Someone, moderator: Moderator
) -> None:
    app, _ = set_up(person)
    other = someone()

    assert other.sign_in(moderator).location == "/login/code"
    assert not is_in(other.client)

    answer = other.send("/login/code", "/login/code", code=app.code(1))

    assert answer.status_code == 303
    assert is_in(other.client)


def test_no_code_is_good_twice(
    person: Person,
    someone: Someone,
    moderator: Moderator,
    clock: time_machine.Traveller,
) -> None:
    app, _ = set_up(person)
    used_for_setting_up = app.code()
    clock.shift(30)
    code = app.code()

    assert sign_in(someone(), moderator, used_for_setting_up) == 401
    assert sign_in(someone(), moderator, code) == 303
    assert sign_in(someone(), moderator, code) == 401


def test_a_code_is_good_for_a_step_more_and_not_for_two(
    person: Person,
    someone: Someone,
    moderator: Moderator,
    clock: time_machine.Traveller,
) -> None:
    app, _ = set_up(person)
    clock.shift(300)
    before, long_before = app.code(-1), app.code(-2)

    assert sign_in(someone(), moderator, long_before) == 401
    assert sign_in(someone(), moderator, before) == 303


def test_a_recovery_code_is_good_once(
    person: Person, someone: Someone, moderator: Moderator
) -> None:
    _, codes = set_up(person)
    assert len(set(codes)) == 10
    typed = codes[3].upper().replace("-", " ")

    assert sign_in(someone(), moderator, typed) == 303
    assert sign_in(someone(), moderator, codes[3]) == 401
    assert "9 recovery codes are left" in person.read("/account")


def test_the_store_has_nothing_that_codes_could_be_made_of(
    person: Person, moderator: Moderator, database: Database
) -> None:
    app, codes = set_up(person)

    with database.read() as conn:
        row = conn.execute(select(accounts.moderator)).one()

    assert app.secret not in str(row)
    assert codes[0] not in str(row)
    secret = two_factor.secret_of(KEYRING, moderator.public_id, row.totp_nonce)
    assert secret == app.secret


@pytest.mark.parametrize("code", ["", "000000", "x" * 1000, "１２３４５６"])
def test_without_the_right_code_it_is_not_turned_on(person: Person, code: str) -> None:
    page = person.read("/account/code")
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce

    answer = person.send("/account/code", "/account/code", nonce=nonce[1], code=code)

    assert answer.status_code == 422
    assert App(answer.text).secret == App(page).secret
    assert "Second factor" in person.read("/account")
    assert "A code is asked for" not in person.read("/account")


def test_a_secret_that_was_made_for_somebody_else_is_not_taken(
    person: Person, moderator: Moderator
) -> None:
    nonce = KEYRING.sign("second-factor:somebody", "x")
    secret = two_factor.secret_of(KEYRING, moderator.public_id, "x")
    code = pyotp.TOTP(secret).at(NOON)

    answer = person.send("/account/code", "/account/code", nonce=nonce, code=code)

    assert answer.status_code == 400


def test_turning_it_off_costs_a_code(
    person: Person, someone: Someone, moderator: Moderator
) -> None:
    app, _ = set_up(person)

    wrong = person.send("/account", "/account/code/off", code="123")
    assert wrong.status_code == 422
    assert "A code is asked for" in person.read("/account")

    person.send("/account", "/account/code/off", code=app.code(1))
    assert someone().sign_in(moderator).location == "/review"


def test_new_recovery_codes_replace_the_old_ones(
    person: Person, someone: Someone, moderator: Moderator
) -> None:
    app, old = set_up(person)

    answer = person.send("/account", "/account/code/recovery", code=app.code(1))
    new = CODE.findall(answer.text)

    assert len(new) == 10
    assert sign_in(someone(), moderator, old[0]) == 401
    assert sign_in(someone(), moderator, new[0]) == 303


def test_the_right_password_waits_five_minutes_for_its_code(
    person: Person,
    someone: Someone,
    moderator: Moderator,
    clock: time_machine.Traveller,
) -> None:
    app, _ = set_up(person)
    other = someone()
    other.sign_in(moderator)
    form = other.read("/login/code")
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    clock.shift(301)

    data = {"csrf_token": token[1], "code": app.code()}
    answer = other.client.post("/login/code", data=data)

    assert answer.location == "/login?why=please"
    assert not is_in(other.client)


@pytest.mark.parametrize("store", ["sqlite"])
def test_guessing_codes_is_slowed_down_and_says_how_long(
    make_settings: Callable[..., Settings], person: Person, moderator: Moderator
) -> None:
    right, _ = set_up(person)
    app = create_app(make_settings(rate_limit_account="3 per minute"))
    guesser = Person(app.test_client())
    guesser.sign_in(moderator)

    answers = [
        guesser.send("/login/code", "/login/code", code="123456") for _ in range(4)
    ]
    last = guesser.send("/login/code", "/login/code", code=right.code(1))
    app.extensions["moderation"].database.close()

    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    assert last.status_code == 429
    assert re.search(r"try again in \d+ (second|minute)s?\.", last.text)
