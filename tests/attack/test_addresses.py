"""Addresses made to mislead: where a visitor is sent, and what counts as the site."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.attack.conftest import Scene
from tests.factories import ARTICLE, ORIGIN
from tests.web.person import Person

# Where nothing depends on it, one store is enough.
pytestmark = pytest.mark.parametrize("store", ["sqlite"])

HOST = "news.example.org"
ELSEWHERE = (
    f"https://evil.example\\@{HOST}/",
    f"https://evil.example\\.{HOST}/",
    f"https://{HOST}\\.evil.example/",
    f"https://{HOST}@evil.example/",
    f"https://{HOST}%2f@evil.example/",
    f"https://{HOST}:443@evil.example/",
    f"https://{HOST}.evil.example/",
    f"https://evil.example/?{ORIGIN}",
    f"https://evil.example#@{HOST}/",
    f"https://evil.example\t@{HOST}/",
    f"https://evil.example @{HOST}/",
    f"https://{HOST}:0/",
    f"//{HOST}/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    f"javascript://{HOST}/%0aalert(1)",
    f"data:text/html,{ORIGIN}",
    f"ftp://{HOST}/",
    f"https://{HOST}\u2044.evil.example/",
    f"https://{HOST}\uff0eevil.example/",
)


def test_nobody_is_sent_away_from_the_site(client: FlaskClient, scene: Scene) -> None:
    form = {"name": "Robin", "email": "robin@example.org", "thread_url": ARTICLE}
    for number, target in enumerate(ELSEWHERE):
        answer = client.post(
            "/sites/news/reply",
            data=form | {"text": f"Words {number}", "redirect_to": target},
            headers={"Origin": ORIGIN},
        )
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{ARTICLE}?reply="), target


def test_no_thread_opens_under_an_address_that_is_not_the_sites(
    client: FlaskClient, scene: Scene
) -> None:
    for url in (*ELSEWHERE, *(f" {target}" for target in ELSEWHERE)):
        body = {"thread": {"url": url}, "author": {"name": "Robin"}, "text": "Words."}
        answer = client.post("/api/v1/sites/news/comments", json=body)
        assert answer.status_code in (403, 422), url


def test_no_other_page_may_post_or_read(client: FlaskClient, scene: Scene) -> None:
    path = "/api/v1/sites/news/comments"
    body = {"thread": {"url": ARTICLE}, "author": {"name": "Robin"}, "text": "Words."}
    for target in (*ELSEWHERE, "https://evil.example", "null"):
        headers = {"Origin": target.encode().decode("latin-1")}
        posted = client.post(path, json=body, headers=headers)
        assert posted.status_code == 403, target
        read = client.get(f"{path}?thread={ARTICLE}", headers=headers)
        assert "Access-Control-Allow-Origin" not in read.headers
        assert "Origin" in read.vary


def test_signing_in_leads_to_the_desk(client: FlaskClient, scene: Scene) -> None:
    person = Person(client)
    assert person.sign_in(scene.people["owner"]).status_code == 303
    for target in (*ELSEWHERE, "/login", "/reviewing/..//evil.example", "%0d%0a"):
        answer = client.get("/login", query_string={"next": target})
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/review"), target


def test_links_are_made_of_the_services_own_address_and_not_of_the_requests(
    client: FlaskClient, scene: Scene
) -> None:
    body = {"thread": {"url": ARTICLE}, "author": {"name": "Robin"}, "text": "Words."}
    answer = client.post(
        "/api/v1/sites/news/comments",
        json=body,
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    assert answer.json
    assert "evil" not in answer.json["status_url"]
    assert client.get("/", headers={"Host": "evil.example"}).location == "/review"
