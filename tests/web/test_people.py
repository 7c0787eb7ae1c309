"""The people of a site: roles given, changed and taken, and who may see that."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from moderation.accounts import memberships
from moderation.accounts.moderators import Moderator
from moderation.enums import Role
from moderation.errors import LastOwner
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator, a_site
from tests.web.person import Person

Someone = Callable[[], Person]
PAGE = "/settings/news/people"
LINK = re.compile(r"data-link>http://[^/]+(/invitations/[\w-]+)<")
UNDO = re.compile(r'action="(/review/decided/\w+/undo)"')


@pytest.fixture
def boss(database: Database, site: Site) -> Moderator:
    with database.write() as conn:
        return a_moderator(conn, site, role=Role.OWNER)


@pytest.fixture
def owner(someone: Someone, boss: Moderator) -> Person:
    person = someone()
    person.sign_in(boss)
    return person


def roles(database: Database, site: Site) -> dict[str, Role]:
    with database.read() as conn:
        return {
            each.moderator.public_id: each.role
            for each in memberships.of_site(conn, site.id)
        }


def test_a_role_is_changed_at_once_and_taken_back(
    owner: Person, someone: Someone, moderator: Moderator, database: Database, site: Site
) -> None:  # fmt: skip
    person = someone()
    person.sign_in(moderator)

    owner.send(PAGE, f"{PAGE}/{moderator.public_id}", role="viewer")

    assert roles(database, site)[moderator.public_id] is Role.VIEWER
    page = person.read("/settings")
    assert "viewer" in page
    undo = UNDO.search(owner.read(PAGE))
    assert undo
    assert owner.send(PAGE, undo[1]).status_code == 303
    assert roles(database, site)[moderator.public_id] is Role.MODERATOR


def test_who_is_removed_sees_nothing_any_more(
    owner: Person, someone: Someone, moderator: Moderator, database: Database, site: Site
) -> None:  # fmt: skip
    person = someone()
    person.sign_in(moderator)
    assert site.name in person.read("/settings")

    owner.send(PAGE, f"{PAGE}/{moderator.public_id}", role="none")

    assert moderator.public_id not in roles(database, site)
    assert person.client.get(PAGE).status_code == 404
    assert site.name not in person.read("/settings")
    undo = UNDO.search(owner.read(PAGE))
    assert undo
    owner.send(PAGE, undo[1])
    assert person.client.get(PAGE).status_code == 200


@pytest.mark.parametrize("role", ["none", "viewer", "moderator"])
def test_the_last_owner_stays(
    owner: Person, boss: Moderator, database: Database, site: Site, role: str
) -> None:
    answer = owner.send(PAGE, f"{PAGE}/{boss.public_id}", role=role)

    assert answer.status_code == 409
    assert "Make somebody else an owner first." in answer.text
    assert roles(database, site)[boss.public_id] is Role.OWNER


def test_an_undo_does_not_take_the_last_owner_away_either(
    owner: Person, someone: Someone, boss: Moderator, moderator: Moderator, database: Database, site: Site
) -> None:  # fmt: skip
    owner.send(PAGE, f"{PAGE}/{moderator.public_id}", role="owner")
    undo = UNDO.search(owner.read(PAGE))
    assert undo
    owner.send(PAGE, f"{PAGE}/{boss.public_id}", role="viewer")
    other = someone()
    other.sign_in(moderator)

    answer = other.send("/account", undo[1])

    assert answer.status_code == 409
    assert "nobody would be left who owns the site" in answer.text
    assert roles(database, site)[moderator.public_id] is Role.OWNER


def test_of_two_owners_who_remove_each_other_one_stays(
    database: Database, site: Site, now: datetime
) -> None:
    with database.write() as conn:
        two = [a_moderator(conn, site, role=Role.OWNER) for _ in range(2)]
    refused = []

    def remove(who: Moderator, by: Moderator) -> None:
        try:
            with database.write() as conn:
                memberships.change(
                    conn, site, who.public_id, None, actor=by.actor, now=now
                )
        except LastOwner:
            refused.append(who)

    threads = [
        threading.Thread(target=remove, args=pair)
        for pair in (tuple(two), tuple(reversed(two)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert roles(database, site) == {refused[0].public_id: Role.OWNER}


def test_an_invitation_is_shown_once_listed_and_withdrawn(
    owner: Person, someone: Someone
) -> None:
    shown = owner.send(PAGE, f"{PAGE}/invitations", role="viewer").text
    link = LINK.search(shown)
    assert link
    assert LINK.search(owner.read(PAGE)) is None
    assert "An invitation as viewer" in owner.read(PAGE)
    assert someone().client.get(link[1]).status_code == 200

    withdraw = re.search(
        r'action="(/settings/news/people/invitations/\w+/withdraw)"', owner.read(PAGE)
    )
    assert withdraw
    assert owner.send(PAGE, withdraw[1]).status_code == 303

    assert someone().client.get(link[1]).status_code == 404
    assert "An invitation as viewer" not in owner.read(PAGE)
    assert owner.send(PAGE, withdraw[1]).status_code == 404


def test_taking_an_invitation_back_makes_its_link_useless(
    owner: Person, someone: Someone
) -> None:
    link = LINK.search(owner.send(PAGE, f"{PAGE}/invitations", role="owner").text)
    assert link
    undo = UNDO.search(owner.read("/audit"))
    assert undo

    owner.send("/audit", undo[1])

    assert someone().client.get(link[1]).status_code == 404


def test_only_what_is_a_role_is_one(
    owner: Person, moderator: Moderator, database: Database, site: Site
) -> None:
    before = roles(database, site)
    for path in (f"{PAGE}/{moderator.public_id}", f"{PAGE}/invitations"):
        assert owner.send(PAGE, path, role="admin").status_code == 400
    assert owner.send(PAGE, f"{PAGE}/nobody", role="viewer").status_code == 404
    assert roles(database, site) == before


def test_an_owner_of_one_site_changes_nobody_on_another(
    owner: Person, moderator: Moderator, database: Database, now: datetime
) -> None:
    with database.write() as conn:
        other = a_site(conn, key="blog")
        stranger = a_moderator(conn, other, role=Role.OWNER)

    path = f"/settings/blog/people/{stranger.public_id}"
    assert owner.send(PAGE, path, role="none").status_code == 404
    inside = f"{PAGE}/{stranger.public_id}"
    assert owner.send(PAGE, inside, role="none").status_code == 404
    assert stranger.email not in owner.read(PAGE)
    assert roles(database, other) == {stranger.public_id: Role.OWNER}
