"""What moderators see and do, as a browser without JavaScript sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from moderation.comments import threads
from moderation.comments.draft import Stored
from moderation.enums import Reason, Status
from moderation.storage.database import Database
from tests.web.person import Person
from tests.web.reading import status, words_of

Hold = Callable[..., Stored]


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
        standing = threads.status_of(conn, stored.public_id)
    assert (standing.status, standing.reason) == (Status.REJECTED, reason)


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
    assert re.search(r"Decided last: rejected: Off topic, \d+ seconds? ago by", page)
    everything = f"/audit?comment={card}"
    assert f'href="{everything}"' in page
    assert person.read(everything).count('class="entry') >= 2


def test_what_waits_says_nothing_of_a_last_decision(person: Person, hold: Hold) -> None:
    hold()
    card = person.cards()[0]

    assert "Decided last" not in person.read(f"/review/{card}")


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
