"""What is said from the one look for all open desks, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.review import change_tags
from moderation.schema.accounts import membership, sign_in
from moderation.storage.database import Database
from tests.factories import a_moderator, a_site
from tests.web.person import Person
from tests.web.statements import statements

Someone = Callable[[], Person]
Hold = Callable[..., Stored]


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self) -> None:
        """Until what was seen is too old to be told."""
        self.now += change_tags.FRESH_SECONDS + 0.01


@pytest.fixture
def clock(app: Flask) -> Clock:
    """The clock by which the looks of the process grow old."""
    clock = Clock()
    app.extensions["moderation"].pulse.clock = clock
    return clock


def ask(person: Person, tag: str = "") -> Any:
    """What an open desk is told."""
    headers = {"If-None-Match": tag} if tag else {}
    return person.client.get("/review/live", headers=headers)


def opened(person: Person) -> str:
    """The tag of a desk that has asked before."""
    tag = str(ask(person).headers["ETag"])
    assert ask(person, tag).status_code == 304
    assert ask(person, tag).status_code == 304
    return tag


def test_one_look_is_enough_for_all_who_ask_meanwhile(
    app: Flask, clock: Clock, person: Person, someone: Someone, moderator: Moderator
) -> None:
    elsewhere = someone()
    elsewhere.sign_in(moderator)
    opened(elsewhere)
    clock.pass_by()
    tag = opened(person)

    with statements(app) as said:
        answers = [ask(person, tag) for _ in range(5)] + [ask(elsewhere, tag)]

    assert {each.status_code for each in answers} == {304}
    assert said == []
    clock.pass_by()
    with statements(app) as said:
        ask(person, tag)
    assert said


def test_what_moves_is_told_when_the_look_is_old(
    clock: Clock, person: Person, hold: Hold
) -> None:
    tag = opened(person)
    hold()

    clock.pass_by()

    assert ask(person, tag).json["counts"]["held"] == 1


def test_whoever_lost_their_role_hears_no_more_than_that_nothing_changed(
    clock: Clock, person: Person, database: Database, hold: Hold
) -> None:
    hold()
    tag = opened(person)
    with database.write() as conn:
        conn.execute(delete(membership))

    at_once = ask(person, tag)
    assert (at_once.status_code, at_once.data) == (304, b"")
    # Anything else is asked of the store at once.
    assert sum(ask(person).json["counts"].values()) == 0
    clock.pass_by()
    assert sum(ask(person, tag).json["counts"].values()) == 0


def test_an_ended_session_is_sent_to_the_door(
    clock: Clock, person: Person, database: Database
) -> None:
    tag = opened(person)
    with database.write() as conn:
        conn.execute(delete(sign_in))

    assert ask(person).status_code == 302
    clock.pass_by()
    assert ask(person, tag).status_code == 302


def test_nobody_is_answered_with_the_look_of_another(
    clock: Clock, person: Person, someone: Someone, database: Database, hold: Hold
) -> None:
    with database.write() as conn:
        stranger = a_moderator(conn, a_site(conn))
    outsider = someone()
    outsider.sign_in(stranger)
    opened(outsider)
    hold()
    tag = opened(person)

    for _ in range(2):
        told = ask(outsider, tag)
        assert told.status_code == 200
        assert sum(told.json["counts"].values()) == 0
    assert ask(person, tag).status_code == 304


def test_only_those_who_asked_last_are_known(
    monkeypatch: pytest.MonkeyPatch, app: Flask, clock: Clock, person: Person
) -> None:
    monkeypatch.setattr(change_tags, "SESSIONS_MAX", 1)
    tag = opened(person)

    known = app.extensions["moderation"].pulse
    assert known.tag("somebody else") is None

    with statements(app) as said:
        assert ask(person, tag).status_code == 304
    assert said
