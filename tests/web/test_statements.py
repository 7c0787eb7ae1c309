"""How often a page of the desk asks the store: each time is a message to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from tests.web.person import Person
from tests.web.statements import statements


@pytest.fixture
def person(
    someone: Callable[[], Person], moderator: Moderator, hold: Callable[..., Stored]
) -> Person:
    """A moderator who has looked at a lane of three cards."""
    for text in ("One.", "Two.", "Three."):
        hold(text)
    person = someone()
    person.sign_in(moderator)
    person.read("/review")
    return person


def test_a_lane_is_six_statements_however_many_cards_it_has(
    app: Flask, person: Person
) -> None:
    with statements(app) as said:
        page = person.read("/review")

    assert page.count("data-card=") == 3
    # Who asks, the lane, its cards, where they wait, the claim, what stands beside.
    assert len(said) == 6


def test_a_lane_that_is_looked_at_again_writes_nothing(
    app: Flask, person: Person
) -> None:
    with statements(app) as said:
        person.read("/review")

    assert {each.split()[0] for each in said} == {"SELECT"}
