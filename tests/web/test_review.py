"""What moderators see and do, as a browser without JavaScript sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from moderation import review, threads
from moderation.comments import Stored
from moderation.db import Database
from moderation.moderators import Moderator
from moderation.sites import Site
from moderation.vocabulary import Reason, Status
from tests.factories import CAREFUL, a_moderator, a_site
from tests.web.person import Person

Someone = Callable[[], Person]
Hold = Callable[..., Stored]


@pytest.fixture
def person(someone: Someone, moderator: Moderator) -> Person:
    """A moderator at the desk."""
    person = someone()
    person.sign_in(moderator)
    return person


def words_of(page: str) -> str:
    """What a page says, whatever is marked in it."""
    return re.sub(r"<[^>]+>", "", page)


def status(database: Database, stored: Stored) -> Status:
    with database.read() as conn:
        return threads.standing(conn, stored.public_id).status


def test_an_empty_desk_says_so(person: Person) -> None:
    assert "Nothing is waiting. Well done." in person.read("/review")


def test_a_card_shows_what_a_decision_needs(person: Person, hold: Hold) -> None:
    hold("You are a stupid idiot.", name="Grumbler", url="https://grumble.example")

    page = person.read("/review")

    assert "first comment here" in page
    assert "first time here" in page
    assert "Grumbler" in page
    assert "https://grumble.example" in page
    assert "The new harbour" in page
    assert 'aria-label="toxicity: ' in page
    assert '<mark class="moved moved-3">idiot.</mark>' in page
    assert "<q><bdi>stupid idiot</bdi></q>" in page


def test_what_a_visitor_wrote_stays_text(person: Person, hold: Hold) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
    hold(f"idiot {attack}", name=attack[:90], url='https://x.example/"><b>')

    for path in ("/review", f"/review/{person.cards()[0]}"):
        page = person.read(path)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b>" not in page
        assert "{{ 7*7 }}" in page


def test_approving_publishes(person: Person, hold: Hold, database: Database) -> None:
    stored = hold(name="Ann")

    answer = person.decide(person.cards()[0], "approved")

    assert (answer.status_code, answer.location) == (303, "/review")
    assert status(database, stored) is Status.APPROVED
    page = person.read("/review")
    assert "Approved: the comment by Ann is published." in page
    assert "Nothing is waiting" in page
    assert "You decided 1 comment today." in page


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_rejects(
    person: Person, hold: Hold, database: Database, reason: Reason
) -> None:
    stored = hold()

    person.decide(person.cards()[0], f"rejected:{reason}")

    with database.read() as conn:
        standing = threads.standing(conn, stored.public_id)
    assert (standing.status, standing.reason) == (Status.REJECTED, reason)


@pytest.mark.parametrize(
    "choice", ["", "rejected", "rejected:rude", "deleted", "approved:spam", "held"]
)
def test_a_choice_that_is_none_changes_nothing(
    person: Person, hold: Hold, database: Database, choice: str
) -> None:
    stored = hold()

    assert person.decide(person.cards()[0], choice).status_code == 400
    assert status(database, stored) is Status.HELD


def test_undo_brings_the_card_back(
    person: Person, hold: Hold, database: Database
) -> None:
    stored = hold()
    card = person.cards()[0]
    person.decide(card, "rejected:spam")

    assert person.undo_latest().status_code == 303

    assert status(database, stored) is Status.HELD
    assert person.cards() == [card]
    assert "took a decision back" in person.read("/review/decided")


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
    colleague.decide(card, "approved")

    # The page of the first one is older than the decision: a new one has no form.
    hold("Another one, so that the list has a form.")
    answer = person.decide(card, "rejected:spam")

    assert answer.status_code == 409
    assert "Nothing changed: this comment was approved" in answer.text
    assert f"ago by {other.name}" in answer.text
    assert status(database, stored) is Status.APPROVED


def test_an_older_revision_than_the_current_one_is_not_decided(
    person: Person, hold: Hold, database: Database
) -> None:
    stored = hold()

    answer = person.decide(person.cards()[0], "approved", revision=2)

    assert answer.status_code == 409
    assert "the author has edited the comment" in answer.text
    assert status(database, stored) is Status.HELD


def test_a_decided_comment_can_be_read_and_decided_otherwise(
    person: Person, hold: Hold
) -> None:
    hold("Read me again.")
    card = person.cards()[0]
    person.decide(card, "rejected:off_topic")

    page = person.read(f"/review/{card}")

    assert "Read me again." in words_of(page)
    assert 'class="verdict verdict-rejected"' in page
    assert 'value="approved"' in page
    assert 'value="rejected:spam"' not in page


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


def test_many_comments_come_in_pages(person: Person, hold: Hold) -> None:
    for number in range(review.PAGE + 2):
        hold(name=f"Visitor {number:02}")

    first = person.read("/review")
    assert first.count('data-card="') == review.PAGE
    following = first.split('href="/review?after=')[1].split('"')[0]
    second = person.read(f"/review?after={following}")

    assert f"Visitor {review.PAGE - 1:02}" in first
    assert f"Visitor {review.PAGE:02}" not in first
    assert second.count('data-card="') == 2
    assert f"Visitor {review.PAGE + 1:02}" in second


def test_scripts_get_the_outcome_and_the_way_back_as_json(
    person: Person, hold: Hold
) -> None:
    hold(name="Ann")
    card = person.cards()[0]
    page = person.read("/review")
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {
        "csrf_token": token,
        "choice": "rejected:spam",
        "revision": "1",
        "seen": "held",
    }
    wants = {"Accept": "application/json"}

    done = person.client.post(f"/review/{card}", data=form, headers=wants)
    again = person.client.post(f"/review/{card}", data=form, headers=wants)

    outcome = json.loads(done.text)
    assert outcome["said"] == "Rejected as Spam: the comment by Ann is not shown."
    undone = person.client.post(
        outcome["undo"], data={"csrf_token": token}, headers=wants
    )
    assert undone.status_code == 200
    assert again.status_code == 409
    assert json.loads(again.text)["problem"].startswith("Nothing changed")


def test_a_shared_view_is_still_there_after_signing_in(
    someone: Someone, moderator: Moderator
) -> None:
    visitor = someone()
    door = visitor.client.get("/review?lane=reported&order=newest").location
    assert door

    answer = visitor.send(
        door, door, email=moderator.email, password="correct horse battery staple"
    )

    assert answer.location == "/review?lane=reported&order=newest"


def test_lane_order_and_site_stay_while_one_of_them_changes(
    someone: Someone, database: Database, site: Site
) -> None:
    with database.write() as conn:
        both = a_moderator(conn, site, a_site(conn, key="other"))
    person = someone()
    person.sign_in(both)

    page = person.read("/review?lane=reported&order=newest&site=other")

    assert 'href="/review?lane=reported&amp;order=newest&amp;site=news"' in page
    assert 'href="/review?lane=reported&amp;order=newest"' in page
    assert 'href="/review?lane=appealed&amp;order=newest&amp;site=other"' in page
    assert 'href="/review?lane=reported&amp;order=riskiest&amp;site=other"' in page


def test_after_a_decision_one_is_back_in_the_same_list(
    person: Person, hold: Hold
) -> None:
    card = hold().public_id
    token = person.read("/review").split('name="csrf_token" value="')[1].split('"')[0]
    form = {
        "csrf_token": token,
        "choice": "approved",
        "revision": "1",
        "seen": "held",
    }
    came_from = "http://localhost/review?order=newest"

    answer = person.client.post(
        f"/review/{card}", data=form, headers={"Referer": came_from}
    )
    elsewhere = person.client.post(
        f"/review/{card}",
        data=form | {"choice": "rejected:spam", "seen": "approved"},
        headers={"Referer": "http://evil.example/review"},
    )

    assert answer.location == "/review?order=newest"
    assert elsewhere.location == "/review"


def test_calm_settings_are_kept_for_the_person(
    person: Person, someone: Someone, database: Database, site: Site
) -> None:
    answer = person.send("/account", "/review/calm", blur="on", pause_minutes="25")
    assert answer.status_code == 303

    page = person.read("/review")
    assert 'class="calm-blur"' in page
    assert 'data-pause="25"' in page
    with database.write() as conn:
        other = a_moderator(conn, site)
    colleague = someone()
    colleague.sign_in(other)
    assert "calm-blur" not in colleague.read("/review")
    assert person.send("/account", "/review/calm", pause_minutes="7").status_code == 400
