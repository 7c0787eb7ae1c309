"""One's own account: name, password and sessions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from moderation.accounts.moderators import Moderator
from moderation.app import create_app
from moderation.settings import Settings
from moderation.web.account.user_agents import in_words
from tests.factories import PASSWORD
from tests.web.person import Person

Someone = Callable[[], Person]
NEW = "another long password"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
END = re.compile(r'action="(/account/sessions/[0-9a-f]+/end)"')


@pytest.fixture
def elsewhere(someone: Someone, moderator: Moderator) -> Person:
    """The same moderator in another browser."""
    elsewhere = someone()
    elsewhere.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    elsewhere.sign_in(moderator)
    return elsewhere


def is_in(person: Person) -> bool:
    return person.client.get("/account").status_code == 200


def test_the_password_is_changed_and_other_sessions_end(
    person: Person, elsewhere: Person, someone: Someone, moderator: Moderator
) -> None:
    answer = person.send(
        "/account", "/account/password", current=PASSWORD, password=NEW
    )

    assert answer.status_code == 303
    assert is_in(person)
    assert not is_in(elsewhere)
    assert someone().sign_in(moderator).status_code == 401
    assert someone().sign_in(moderator, NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new"), [("wrong", NEW), ("", NEW), (PASSWORD, "short"), (PASSWORD, "")]
)
def test_it_stays_without_the_current_one_or_with_a_short_one(
    person: Person,
    elsewhere: Person,
    someone: Someone,
    moderator: Moderator,
    current: str,
    new: str,
) -> None:
    answer = person.send("/account", "/account/password", current=current, password=new)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert is_in(elsewhere)
    assert someone().sign_in(moderator).status_code == 303


def test_sessions_are_listed_in_words_and_end_one_by_one(
    person: Person, elsewhere: Person
) -> None:
    page = person.read("/account")
    assert "Firefox on Linux" in page
    assert page.count("this browser") == 1
    (path,) = END.findall(page)

    assert person.send("/account", path).status_code == 303

    assert is_in(person)
    assert not is_in(elsewhere)
    assert person.send("/account", path).status_code == 404


def test_all_others_end_at_once(
    person: Person, elsewhere: Person, someone: Someone, moderator: Moderator
) -> None:
    third = someone()
    third.sign_in(moderator)

    person.send("/account", "/account/sessions/others/end")

    assert [is_in(each) for each in (person, elsewhere, third)] == [True, False, False]


def test_nobody_ends_the_session_of_somebody_else(
    person: Person, someone: Someone, viewer: Moderator, elsewhere: Person
) -> None:
    (path,) = END.findall(person.read("/account"))
    other = someone()
    other.sign_in(viewer)

    assert other.send("/account", path).status_code == 404
    assert is_in(elsewhere)


def test_a_name_is_changed_and_not_emptied(person: Person) -> None:
    assert person.send("/account", "/account/name", name=" ").status_code == 422
    assert person.send("/account", "/account/name", name="Ada <b>").status_code == 303
    assert "Signed in as Ada &lt;b&gt;" in person.read("/account")


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537 Edg/142", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU like Mac OS X) CriOS/142 Safari/604", "Chrome on iPhone"),
        ("Mozilla/5.0 (Macintosh; Mac OS X) Version/19 Safari/605", "Safari on macOS"),
        ("", "Unknown browser"),
        ("<script>", "Unknown browser"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("store", ["sqlite"])
def test_browsers_are_known_by_what_they_say(
    app: object, person: Person, user_agent: str, words: str
) -> None:
    with person.client.application.test_request_context():
        assert in_words(user_agent) == words


@pytest.mark.parametrize("store", ["sqlite"])
def test_strangers_who_guess_do_not_keep_the_owner_out(
    make_settings: Callable[..., Settings], moderator: Moderator
) -> None:
    app = create_app(make_settings(rate_limit_account="3 per minute"))
    owner, guesser = Person(app.test_client()), Person(app.test_client())
    assert owner.sign_in(moderator).status_code == 303
    owner.send("/account", "/logout")

    guesses = [guesser.sign_in(moderator, "guess").status_code for _ in range(4)]
    stranger = guesser.sign_in(moderator)
    at_home = owner.sign_in(moderator)
    app.extensions["moderation"].database.close()

    assert guesses == [401, 401, 401, 429]
    assert stranger.status_code == 429
    assert "try again in" in stranger.text
    assert at_home.status_code == 303


@pytest.mark.parametrize("store", ["sqlite"])
def test_an_unknown_email_is_slowed_down_like_a_known_one(
    make_settings: Callable[..., Settings], moderator: Moderator
) -> None:
    app = create_app(make_settings(rate_limit_account="2 per minute"))
    answers = [
        Person(app.test_client()).send("/login", "/login", email=email, password="x")
        for email in ("nobody@example.org", moderator.email)
        for _ in range(3)
    ]
    app.extensions["moderation"].database.close()

    assert [each.status_code for each in answers] == [401, 401, 429] * 2


@pytest.mark.parametrize("store", ["sqlite"])
def test_typing_errors_are_forgotten_once_the_password_is_right(
    make_settings: Callable[..., Settings], moderator: Moderator
) -> None:
    app = create_app(make_settings(rate_limit_account="3 per minute"))
    tries = ["typo", "typo", PASSWORD, "typo", "typo", PASSWORD]
    statuses = [
        Person(app.test_client()).sign_in(moderator, each).status_code for each in tries
    ]
    app.extensions["moderation"].database.close()

    assert statuses == [401, 401, 303, 401, 401, 303]


@pytest.mark.parametrize("store", ["sqlite"])
def test_strangers_who_guess_do_not_keep_the_owner_from_the_account_page(
    make_settings: Callable[..., Settings], moderator: Moderator
) -> None:
    app = create_app(make_settings(rate_limit_account="3 per minute"))
    owner, guesser = Person(app.test_client()), Person(app.test_client())
    assert owner.sign_in(moderator).status_code == 303
    guesses = [guesser.sign_in(moderator, "guess").status_code for _ in range(4)]

    new = "another horse another battery"
    answer = owner.send(
        "/account", "/account/password", current=PASSWORD, password=new, again=new
    )
    app.extensions["moderation"].database.close()

    assert guesses[-1] == 429
    assert answer.status_code == 303, answer.text
