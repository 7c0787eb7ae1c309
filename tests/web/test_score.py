"""Scores without a queue, for a site's own server."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from moderation.enums import ATTRIBUTES
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import keys
from moderation.storage.database import Database
from tests.factories import a_site


@pytest.fixture
def headers(database: Database, settings: Settings) -> dict[str, str]:
    """The secret key of the site ``news``."""
    with database.write() as conn:
        site = a_site(conn, key="news")
    secret = keys.of(site, Keyring(settings.secret_key)).secret
    return {"Authorization": f"Bearer {secret}"}


def test_it_scores_every_attribute(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    """Probabilities, and the version of the model that said so."""
    body = {"site": "news", "text": "You are a stupid idiot", "author": "Ann"}

    answer = client.post("/api/v1/score", json=body, headers=headers)

    assert answer.status_code == 200
    assert set(answer.json["scores"]) == set(ATTRIBUTES)
    assert all(0 <= score <= 1 for score in answer.json["scores"].values())
    assert answer.json["model"]


def test_it_says_why(client: FlaskClient, headers: dict[str, str]) -> None:
    """Spans lie inside the text."""
    text = "You are a stupid idiot"
    body = {"site": "news", "text": text, "explain": True}

    spans = client.post("/api/v1/score", json=body, headers=headers).json["spans"]

    assert spans["TOXICITY"]
    for span in spans["TOXICITY"]:
        assert 0 <= span["begin"] < span["end"] <= len(text)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "x"}, 400, "malformed_json"),  # which site?
        ({"site": "nobody", "text": "x"}, 404, "site_unknown"),
        ({"site": "news"}, 422, "text_missing"),
        ({"site": "news", "text": 7}, 400, "malformed_json"),
        ([], 400, "malformed_json"),
    ],
)
def test_it_refuses_what_is_wrong(
    client: FlaskClient, headers: dict[str, str], body: object, status: int, code: str
) -> None:
    """With a code and a sentence."""
    answer = client.post("/api/v1/score", json=body, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_it_needs_the_secret_key(client: FlaskClient, headers: dict[str, str]) -> None:
    """The public key is in every page; it opens nothing here."""
    body = {"site": "news", "text": "x"}

    for wrong in ({}, {"Authorization": "Bearer news"}, {"Authorization": "Basic x"}):
        assert client.post("/api/v1/score", json=body, headers=wrong).status_code == 401
