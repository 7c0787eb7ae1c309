"""Who may read and change a site's settings, and its secret keys."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from moderation.accounts.moderators import Moderator
from moderation.enums import Act, Role
from moderation.schema.audit import journal
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator
from tests.web.configuring import PAGE, UNDO, form, settings_of
from tests.web.person import Person

Someone = Callable[[], Person]


def test_the_secret_key_is_shown_on_demand_and_replaced(
    owner: Person, database: Database, site: Site
) -> None:
    page = f"{PAGE}/keys"
    assert "sk_" not in owner.read(page)
    first = secret(owner)

    owner.send(page, f"{page}/rotate")
    second = secret(owner)
    assert second != first
    undo = UNDO.search(owner.read(page)) or UNDO.search(owner.read("/review/decided"))
    assert undo
    owner.send(PAGE, undo[1])

    assert secret(owner) == first
    with database.read() as conn:
        rows = conn.execute(select(journal)).all()
    assert {row.act for row in rows} == {Act.SETTINGS, Act.UNDO}
    assert first not in str(rows)


def secret(person: Person) -> str:
    shown = person.send(f"{PAGE}/keys", f"{PAGE}/keys")
    found = re.search(r"sk_[0-9a-f]{64}", shown.text)
    assert found
    return found[0]


@pytest.mark.parametrize("path", ["", "/people", "/keys", "/rules"])
def test_other_members_read_and_do_not_change(
    someone: Someone,
    moderator: Moderator,
    viewer: Moderator,
    database: Database,
    path: str,
) -> None:
    for who in (moderator, viewer):
        person = someone()
        person.sign_in(who)
        page = person.read(PAGE + path)
        assert "Only owners change this." in page
        assert 'type="submit">Save' not in page
        assert "@example.org" not in page
        answer = person.send(PAGE, PAGE + path, **form(database, links_allowed="9"))
        assert answer.status_code in (403, 405)
    assert settings_of(database).links_allowed == 2


def test_a_lost_role_cannot_be_used_to_undo(
    someone: Someone, database: Database, site: Site
) -> None:
    with database.write() as conn:
        one, two = (a_moderator(conn, site, role=Role.OWNER) for _ in range(2))
    first, second = someone(), someone()
    first.sign_in(one)
    second.sign_in(two)
    first.send(PAGE, PAGE, **form(database, links_allowed="9"))
    undo = UNDO.search(first.read(PAGE))
    assert undo
    second.send(f"{PAGE}/people", f"{PAGE}/people/{one.public_id}", role="moderator")

    answer = first.send("/account", undo[1])

    assert answer.status_code == 409
    assert settings_of(database).links_allowed == 9
