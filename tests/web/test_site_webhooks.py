"""The webhooks of a site on its settings: added, tried out, removed, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from moderation.accounts.moderators import Moderator
from moderation.enums import Role
from moderation.schema.webhooks import webhook
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.webhooks import endpoints
from tests.factories import a_moderator
from tests.web.person import Person

PAGE = "/settings/news/webhooks"
URL = "https://cms.example.org/hook?key=s3cret"
ACT = re.compile(rf'action="({PAGE}/(\w+)/(\w+))"')


@pytest.fixture
def owner(someone: Callable[[], Person], database: Database, site: Site) -> Person:
    with database.write() as conn:
        who = a_moderator(conn, site, role=Role.OWNER)
    person = someone()
    person.sign_in(who)
    return person


def press(person: Person, what: str) -> str:
    """Press a button of the only webhook; the page that follows."""
    page = person.read(PAGE)
    path = next(found[1] for found in ACT.finditer(page) if found[3] == what)
    answer = person.send(PAGE, path)
    return answer.text if answer.status_code == 200 else person.read(PAGE)


def test_an_owner_adds_a_server_and_sees_its_secret(
    owner: Person, settings: Settings
) -> None:
    assert "No server is told anything." in owner.read(PAGE)

    assert owner.send(PAGE, PAGE, url=f"  {URL} ").status_code == 303
    page = owner.read(PAGE)
    assert "The webhook was added." in page
    assert URL in page
    assert "Nothing was sent yet." in page
    assert "whsec_" not in page

    found = ACT.search(page)
    assert found
    secret = endpoints.secret(Keyring(settings.secret_key), found[2])
    assert secret in press(owner, "secret").replace("&#43;", "+")


def test_an_owner_removes_a_server_and_takes_that_back(owner: Person) -> None:
    owner.send(PAGE, PAGE, url=URL)

    assert "No server is told anything." in press(owner, "remove")
    assert owner.undo_latest().status_code == 303
    assert URL in owner.read(PAGE)
    assert owner.undo_latest().status_code == 303
    assert URL not in owner.read(PAGE)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "cms.example.org/hook", "ftp://example.org/", "javascript:alert(1)"),
        *("https://user:pass@example.org/", "https://example.org/#part"),
        *("https://exa mple.org/", "https://", f"https://example.org/{'x' * 500}"),
    ],
)
def test_an_address_that_will_not_do_comes_back_as_it_was_typed(
    owner: Person, typed: str
) -> None:
    answer = owner.send(PAGE, PAGE, url=typed)

    assert answer.status_code == 422
    assert "This address cannot be told anything." in answer.text
    assert f'value="{typed}"' in answer.text
    assert ACT.search(owner.read(PAGE)) is None


def test_a_site_has_five_at_most(owner: Person) -> None:
    for number in range(endpoints.WEBHOOKS_MAX):
        owner.send(PAGE, PAGE, url=f"https://example.org/{number}")

    answer = owner.send(PAGE, PAGE, url=URL)

    assert answer.status_code == 422
    assert "A site can have 5 webhooks." in answer.text


def test_the_page_says_how_telling_goes(owner: Person, database: Database) -> None:
    owner.send(PAGE, PAGE, url=URL)
    now = datetime.now(UTC)
    with database.write() as conn:
        conn.execute(update(webhook).values(last_result="204", last_at=now))
    assert "The last message arrived 1 second ago (answer: 204)." in owner.read(PAGE)

    with database.write() as conn:
        conn.execute(
            update(webhook).values(last_result="timeout", failing_since=now, failures=1)
        )
    page = owner.read(PAGE)
    assert "did not arrive (it did not answer in time)" in page
    assert "A trial message is on its way." in press(owner, "trial")


def test_addresses_are_for_owners_and_the_audit_names_the_server_only(
    owner: Person, someone: Callable[[], Person], moderator: Moderator
) -> None:
    owner.send(PAGE, PAGE, url=URL)
    other = someone()
    other.sign_in(moderator)

    page, audit = other.read(PAGE), other.read("/audit")

    assert "Only owners see which servers are told." in page
    assert "https://cms.example.org" in audit
    for text in (page, audit):
        assert "s3cret" not in text


def test_what_is_gone_is_not_found(owner: Person) -> None:
    owner.send(PAGE, PAGE, url=URL)
    found = ACT.search(owner.read(PAGE))
    assert found
    for what in ("remove", "trial"):
        path = f"{PAGE}/{'0' * len(found[2])}/{what}"
        assert owner.send(PAGE, path).status_code == 404
    press(owner, "remove")
    path = f"{PAGE}/{found[2]}/trial"
    assert owner.send(PAGE, path).status_code == 404
