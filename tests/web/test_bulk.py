"""Many comments with one press: chosen ones, with or without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from moderation.actions import bulk
from moderation.comments.draft import Stored
from moderation.comments.edit import edit, worded
from moderation.enums import Act
from moderation.schema.audit import decision, journal, journal_site
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import CAREFUL, a_moderator, a_site
from tests.moderation.rows import lane
from tests.web.choosing import post, seen, statuses
from tests.web.person import Person

Hold = Callable[..., Stored]


def test_chosen_comments_are_one_entry_and_one_undo(
    hold: Hold, person: Person, database: Database, site: Site
) -> None:
    ids = [hold().public_id for _ in range(3)]

    answer = post(
        person, "/review/bulk", choice="rejected:spam", comment=seen(ids)
    ).get_json()

    assert (answer["done"], answer["missed"]) == (3, [])
    assert answer["said"] == "3 comments rejected: Spam."
    assert statuses(database, ids) == ["rejected"] * 3
    with database.read() as conn:
        entries = conn.execute(
            select(journal.c.act, func.count(decision.c.id))
            .join(decision, decision.c.journal_id == journal.c.id)
            .where(decision.c.rule.is_(None))
            .group_by(journal.c.id, journal.c.act)
        ).all()
        assert [tuple(each) for each in entries] == [(Act.BULK, 3)]
        assert lane(conn, site.id) == (0, 0)
    post(person, answer["undo"])
    assert statuses(database, ids) == ["held"] * 3
    with database.read() as conn:
        assert lane(conn, site.id) == (3, 3)


def test_what_changed_meanwhile_is_left_alone_and_named(
    hold: Hold, person: Person, database: Database, now: Any
) -> None:
    fine, decided, edited = (hold(name=each) for each in ("Ann", "Bea", "Cas"))
    person.decide(decided.public_id, "approved")
    with database.write() as conn:
        edit(conn, edited.public_id, worded("Other words than before."), now)
    ids = [fine.public_id, decided.public_id, edited.public_id, "0" * 32]

    answer = post(
        person, "/review/bulk", choice="rejected:abuse", comment=seen(ids)
    ).get_json()

    assert answer["done"] == 1
    assert [(each["id"], each["name"], each["why"]) for each in answer["missed"]] == [
        (ids[1], "Bea", "Somebody was faster: approved."),
        (ids[2], "Cas", "Its author changed it meanwhile."),
        (ids[3], "", "It is not there any more, or not yours to decide."),
    ]
    assert statuses(database, ids[:3]) == ["rejected", "approved", "pending"]


def test_a_form_without_scripts_gets_a_page_that_says_the_same(
    hold: Hold, person: Person
) -> None:
    ids = [hold().public_id for _ in range(2)]
    person.decide(ids[1], "approved")

    answer = person.send(
        "/review",
        "/review/bulk",
        choice="approved",
        comment=seen(ids),  # type: ignore[arg-type]
    )

    assert answer.status_code == 200
    assert "1 comment approved." in answer.text
    assert "1 was left as it was" in answer.text
    assert "Somebody was faster: approved." in answer.text
    undo = re.search(r'action="(/review/decided/\w+/undo)"', answer.text)
    assert undo
    assert person.send("/review", undo[1]).status_code == 303
    assert set(person.cards()) == {ids[0]}


def test_a_script_goes_on_with_the_entry_that_it_began(
    hold: Hold, person: Person, database: Database
) -> None:
    ids = [hold().public_id for _ in range(4)]
    form: dict[str, Any] = {"choice": "approved"}
    first = post(person, "/review/bulk", comment=seen(ids[:2]), **form).get_json()
    form["journal"] = first["journal"]

    second = post(person, "/review/bulk", comment=seen(ids[2:]), **form).get_json()

    assert second["journal"] == first["journal"]
    assert second["done"] == 2
    assert second["said"] == "4 comments approved."
    post(person, second["undo"])
    assert statuses(database, ids) == ["held"] * 4
    late = post(person, "/review/bulk", comment=seen(ids), **form)
    assert late.status_code == 409
    assert statuses(database, ids) == ["held"] * 4


def test_nobody_goes_on_with_what_somebody_else_began(
    hold: Hold,
    person: Person,
    someone: Callable[[], Person],
    database: Database,
    site: Site,
) -> None:
    ids = [hold().public_id for _ in range(2)]
    first = post(
        person, "/review/bulk", choice="approved", comment=seen(ids[:1])
    ).get_json()
    with database.write() as conn:
        colleague = a_moderator(conn, site)
    other = someone()
    other.sign_in(colleague)

    answer = post(
        other,
        "/review/bulk",
        choice="approved",
        comment=seen(ids[1:]),
        journal=first["journal"],
    )

    assert answer.status_code == 404
    assert statuses(database, ids) == ["approved", "held"]


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    "form",
    [
        {"choice": "approved", "comment": "x"},
        {"choice": "approved", "comment": "x:1:odd"},
        {"choice": "approved", "comment": "x:one:held"},
        {"choice": "rejected", "comment": "x:1:held"},
        {"choice": "deleted", "comment": "x:1:held"},
        {"choice": "approved", "comment": "x" * 101},
    ],
)
def test_a_form_that_is_not_ours_is_refused(
    person: Person, form: dict[str, Any]
) -> None:
    assert post(person, "/review/bulk", **form).status_code == 400


def test_one_act_on_two_sites_belongs_to_both(
    hold: Hold,
    someone: Callable[[], Person],
    database: Database,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database.write() as conn:
        other = a_site(conn, key="other", settings=CAREFUL)
        both = a_moderator(conn, site, other)
    ids = [hold().public_id, hold(to=other).public_id]
    person = someone()
    person.sign_in(both)
    # One comment at a time, so that the second site comes with the second chunk.
    monkeypatch.setattr(bulk, "CHUNK", 1)

    answer = post(
        person, "/review/bulk", choice="approved", comment=seen(ids)
    ).get_json()

    assert answer["done"] == 2
    with database.read() as conn:
        sites = conn.execute(select(journal_site.c.site_id)).scalars()
        assert set(sites) == {site.id, other.id}
    post(person, answer["undo"])
    assert statuses(database, ids) == ["held"] * 2
