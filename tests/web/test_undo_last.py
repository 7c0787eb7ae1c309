"""``u`` on any page takes back what one did last, and then what was before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select

from moderation.audit.journal import Entry
from moderation.comments.draft import Stored
from moderation.decisions.apply import apply
from moderation.decisions.choice import Choice
from moderation.enums import Act, Status
from moderation.schema.accounts import membership
from moderation.schema.audit import journal
from moderation.storage.database import Database
from tests.moderation.rows import row_of
from tests.web.person import Person

Hold = Callable[..., Stored]


def undo_last(person: Person, on: str) -> str:
    """Press the key on a page; what the page says then."""
    answer = person.client.post(
        "/review/undo",
        data={"csrf_token": token_of(person)},
        headers={"Referer": f"http://localhost{on}"},
    )
    assert answer.status_code == 303
    assert answer.location == on
    found = re.search(r'role="status">\s*<p>([^<]*)<', person.read(on))
    assert found
    return found[1]


def token_of(person: Person) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', person.read("/review"))
    assert found
    return found[1]


def test_the_last_act_comes_first_and_then_the_one_before(
    hold: Hold, person: Person, database: Database
) -> None:
    first, second = hold(name="Ann").public_id, hold(name="Bea").public_id
    person.decide(first, "approved")
    person.decide(second, "rejected:spam")

    def stands() -> list[str]:
        with database.read() as conn:
            return [row_of(conn, each).status for each in (first, second)]

    said = undo_last(person, "/review?lane=reported&order=newest")
    assert re.fullmatch(r"Taken back: Decision, \d+ seconds? ago\.", said)
    assert stands() == ["approved", "held"]
    undo_last(person, "/audit?act=decide")
    assert stands() == ["held", "held"]
    said = undo_last(person, "/review")
    assert said == "Nothing that you did in the last day is left to take back."


def test_what_others_did_is_not_ones_last(
    hold: Hold, person: Person, owner: Person, database: Database
) -> None:
    card = hold().public_id
    person.decide(card, "approved")

    said = undo_last(owner, "/review/decided")

    assert said.startswith("Nothing that you did")
    with database.read() as conn:
        assert row_of(conn, card).status == "approved"


def test_why_it_cannot_be_taken_back_is_said_in_its_place(
    hold: Hold, person: Person, owner: Person
) -> None:
    card = hold().public_id
    person.decide(card, "approved")
    owner.decide(card, "rejected:spam", seen="approved")

    said = undo_last(person, "/review/search?q=status:held")

    assert "somebody decided about the same comment later." in said


def test_a_lost_site_is_nobodys_to_change(
    hold: Hold, person: Person, database: Database
) -> None:
    card = hold().public_id
    person.decide(card, "approved")
    with database.write() as conn:
        conn.execute(membership.update().values(role="viewer"))

    said = undo_last(person, "/review")

    assert said.startswith("You may look on for this site, but not decide.")
    with database.read() as conn:
        assert row_of(conn, card).status == "approved"


def test_a_form_leads_back_to_no_other_place(person: Person) -> None:
    for strange in ("https://elsewhere.example/review", "http://localhost/nowhere"):
        answer = person.client.post(
            "/review/undo",
            data={"csrf_token": token_of(person)},
            headers={"Referer": strange},
        )
        assert answer.location == "/review"


def test_what_cannot_be_taken_back_is_said_once(
    hold: Hold, person: Person, owner: Person, database: Database
) -> None:
    first, second = hold(name="Ann").public_id, hold(name="Bea").public_id
    person.decide(first, "approved")
    person.decide(second, "approved")
    owner.decide(second, "rejected:spam", seen="approved")

    said = press(person, "/review")
    again = press(person, "/review")

    assert "cannot be taken back" in said
    assert again.startswith("Taken back")
    with database.read() as conn:
        assert row_of(conn, first).status == "held"
        assert row_of(conn, second).status == "rejected"


def test_what_the_worker_did_in_ones_name_is_not_ones_last(
    hold: Hold, person: Person, database: Database
) -> None:
    card = hold(name="Ann").public_id
    person.decide(card, "approved")
    other = hold(name="Bea").public_id
    with database.write() as conn:
        row = row_of(conn, other)
        actor = conn.execute(
            select(journal.c.actor).where(journal.c.act == Act.DECIDE.value)
        ).scalar_one()
        entry = Entry(Act.SPREAD, actor, datetime.now(UTC), (row.site_id,))
        apply(conn, entry, [Choice.of(row, Status.APPROVED)])

    press(person, "/review")

    with database.read() as conn:
        assert row_of(conn, card).status == "held"
        assert row_of(conn, row.public_id).status == "approved"


def press(person: Person, on: str) -> str:
    """Press the key; what the page says, good or bad."""
    person.client.post(
        "/review/undo",
        data={"csrf_token": token_of(person)},
        headers={"Referer": f"http://localhost{on}"},
    )
    found = re.findall(r'role="(?:status|alert)">\s*<p>([^<]*)<', person.read(on))
    assert found
    return str(found[0])
