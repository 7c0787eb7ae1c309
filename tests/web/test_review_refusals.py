"""Decisions that do not count: too late, of another revision, by somebody who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.enums import Status
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import CAREFUL, a_moderator, a_site
from tests.web.person import Person
from tests.web.reading import status, words_of

Hold = Callable[..., Stored]
Someone = Callable[[], Person]


@pytest.mark.parametrize(
    "choice", ["", "rejected", "rejected:rude", "deleted", "approved:spam", "held"]
)
def test_a_choice_that_is_none_changes_nothing(
    person: Person, hold: Hold, database: Database, choice: str
) -> None:
    stored = hold()

    assert person.decide(person.cards()[0], choice).status_code == 400
    assert status(database, stored) is Status.HELD


def test_the_second_of_two_moderators_is_told_who_was_quicker(
    person: Person,
    someone: Someone,
    database: Database,
    site: Site,
    hold: Hold,
) -> None:
    stored = hold()
    with database.write() as conn:
        other = a_moderator(conn, site)
    colleague = someone()
    colleague.sign_in(other)
    card = person.cards()[0]
    colleague.decide(card, "rejected:spam")

    # The page of the first one is older than the decision: a new one has no form.
    hold("Another one, so that the list has a form.")
    answer = person.decide(card, "approved")

    assert answer.status_code == 409
    assert "Nothing changed: this comment was rejected as Spam" in answer.text
    assert f"ago by {other.name}" in answer.text
    assert status(database, stored) is Status.REJECTED


def test_an_older_revision_than_the_current_one_is_not_decided(
    person: Person, hold: Hold, database: Database
) -> None:
    stored = hold()

    answer = person.decide(person.cards()[0], "approved", revision=2)

    assert answer.status_code == 409
    assert "the author has edited the comment" in answer.text
    assert status(database, stored) is Status.HELD


def test_a_viewer_looks_on_and_decides_nothing(
    someone: Someone, viewer: Moderator, hold: Hold, database: Database
) -> None:
    stored = hold("Look at me.")
    onlooker = someone()
    onlooker.sign_in(viewer)

    page = onlooker.read("/review")
    assert "Look at me." in words_of(page)
    assert "data-decide" not in page
    answer = onlooker.decide(onlooker.cards()[0], "approved")

    assert answer.status_code == 403
    assert status(database, stored) is Status.HELD


def test_a_viewer_cannot_take_back_what_others_decided(
    person: Person, someone: Someone, viewer: Moderator, hold: Hold, database: Database
) -> None:
    stored = hold()
    person.decide(person.cards()[0], "approved")
    onlooker = someone()
    onlooker.sign_in(viewer)

    assert "/undo" not in onlooker.read("/review/decided")
    path = person.read("/review/decided").split('action="/review/decided/')[1]
    answer = onlooker.send("/review", f"/review/decided/{path.split('/undo')[0]}/undo")

    assert answer.status_code == 404
    assert status(database, stored) is Status.APPROVED


def test_a_comment_of_another_site_does_not_exist(
    person: Person, someone: Someone, hold: Hold, database: Database
) -> None:
    with database.write() as conn:
        elsewhere = a_site(conn, settings=CAREFUL)
        stranger = a_moderator(conn, elsewhere)
    stored = hold("None of your business.")
    card = person.cards()[0]
    person.decide(card, "approved")
    outsider = someone()
    outsider.sign_in(stranger)

    assert outsider.cards() == []
    assert "None of your business." not in words_of(outsider.read("/review/decided"))
    assert outsider.client.get(f"/review/{card}").status_code == 404
    assert outsider.decide(card, "rejected:spam").status_code == 404
    assert status(database, stored) is Status.APPROVED


def test_a_decision_without_our_form_is_refused(
    person: Person, hold: Hold, database: Database
) -> None:
    stored = hold()
    card = person.cards()[0]

    for token in ({}, {"csrf_token": "made up"}):
        form = {"choice": "approved", "revision": "1", "seen": "held", **token}
        assert person.client.post(f"/review/{card}", data=form).status_code == 400
    assert status(database, stored) is Status.HELD
