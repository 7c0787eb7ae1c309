"""An author who was rejected asks for another look, on the page that tells them so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from moderation.enums import Kind, Status
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.moderation.settled import Desk
from tests.travelling import travel

JSON = {"Accept": "application/json"}
FORM = "Ask for another look"


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)


@pytest.fixture
def link(settings: Settings) -> Callable[[str], str]:
    """Makes the address that the author of a comment was given."""
    keyring = Keyring(settings.secret_key)
    return lambda public_id: f"/comments/{keyring.sign('status', public_id)}"


@pytest.fixture
def rejected(desk: Desk) -> str:
    public_id = desk.comment(Status.HELD)
    desk.rule(public_id, Status.REJECTED)
    return public_id


def test_an_author_appeals_and_reads_the_answer(
    client: FlaskClient, desk: Desk, rejected: str, link: Callable[[str], str]
) -> None:
    path = link(rejected)
    assert FORM in client.get(path).text

    sent = client.post(f"{path}/appeal", data={"text": "It was a <i>quotation</i>."})
    assert (sent.status_code, sent.headers["Location"]) == (303, path)
    page = client.get(path).text
    assert "You asked for another look." in page
    assert "It was a &lt;i&gt;quotation&lt;/i&gt;." in page
    assert FORM not in page
    assert client.get(path, headers=JSON).get_json()["appeal"] == "waiting"
    assert desk.lane(Kind.APPEALED, reader=1) == [rejected]

    desk.rule(rejected, Status.REJECTED, by=1, answer="It still names <b>somebody</b>.")
    page = client.get(path).text
    assert "Somebody looked again: the decision stands." in page
    assert "It still names &lt;b&gt;somebody&lt;/b&gt;." in page
    assert client.get(path, headers=JSON).get_json()["appeal"] == "upheld"


def test_an_appeal_that_is_granted_publishes_the_comment(
    client: FlaskClient, desk: Desk, rejected: str, link: Callable[[str], str]
) -> None:
    path = link(rejected)
    client.post(f"{path}/appeal", data={"text": "Please look again."})
    desk.rule(rejected, Status.APPROVED, by=1)

    page = client.get(path).text
    assert "Your comment is published." in page
    assert "Somebody looked again: you were right." in page
    answer = client.get(path, headers=JSON).get_json()
    assert (answer["status"], answer["appeal"]) == ("approved", "overturned")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n ", "Please write why the decision should be looked at again."),
        ("<b>" + "x" * 2000, "at most 2,000 fit here"),
    ],
)
def test_words_that_do_not_fit_are_kept_and_explained(
    client: FlaskClient,
    desk: Desk,
    rejected: str,
    link: Callable[[str], str],
    text: str,
    sentence: str,
) -> None:
    answer = client.post(f"{link(rejected)}/appeal", data={"text": text})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert text.strip().replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert desk.lane(Kind.APPEALED) == []


def test_nobody_appeals_twice_late_or_where_nothing_was_rejected(
    client: FlaskClient, desk: Desk, rejected: str, link: Callable[[str], str]
) -> None:
    data = {"text": "Please look again."}
    late = datetime.now(UTC) + timedelta(days=15)
    with travel(late):
        assert FORM not in client.get(link(rejected)).text
        answer = client.post(f"{link(rejected)}/appeal", data=data)
        assert answer.status_code == 403
    held = desk.comment(Status.HELD)
    assert FORM not in client.get(link(held)).text
    assert client.post(f"{link(held)}/appeal", data=data).status_code == 409

    assert client.post(f"{link(rejected)}/appeal", data=data).status_code == 303
    assert client.post(f"{link(rejected)}/appeal", data=data).status_code == 409


def test_only_the_authors_link_appeals(
    client: FlaskClient, rejected: str, settings: Settings
) -> None:
    keyring = Keyring(settings.secret_key)
    for token in (
        rejected,
        keyring.sign("edit", rejected),
        keyring.sign("status", "x"),
    ):
        answer = client.post(f"/comments/{token}/appeal", data={"text": "Please."})
        assert answer.status_code == 404
