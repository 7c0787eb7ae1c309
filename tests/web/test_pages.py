"""What every page promises: errors in words, strict headers, a small script."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/nowhere", 404, "There is no such page."),
        ("POST", "/comments/x", 405, "This address does not take that kind"),
        ("POST", "/login", 400, "This page was open for a long time."),
    ],
)
def test_errors_are_pages_in_words(
    client: FlaskClient, method: str, path: str, status: int, sentence: str
) -> None:
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert sentence in answer.text
    assert "Error" not in answer.text


@pytest.mark.parametrize(
    ("path", "leads_back"), [("/settings/x/y/z", True), ("/nowhere", False)]
)
def test_an_error_on_the_desk_leads_back_to_it(
    client: FlaskClient, path: str, leads_back: bool
) -> None:
    assert ('href="/review"' in client.get(path).text) is leads_back


def test_errors_of_the_api_are_problems(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere")

    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "not_found"


def test_a_body_that_is_too_large_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.post("/login", data={"email": "x" * 300_000})

    assert answer.status_code == 413
    assert "This is more than can be sent at once." in answer.text


def test_our_own_mistakes_blame_nobody_and_tell_nothing(app: Flask) -> None:
    @app.get("/mistake")
    def mistake() -> str:
        raise RuntimeError("the secret inside")

    answer = app.test_client().get("/mistake")

    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "secret" not in answer.text


def test_without_its_store_the_service_asks_for_patience(
    client: FlaskClient, app: Flask
) -> None:
    @app.get("/away")
    def away() -> str:
        with app.extensions["moderation"].database.read() as conn:
            conn.exec_driver_sql("SELECT * FROM a_table_that_is_gone")
        return ""

    answer = client.get("/away")

    assert answer.status_code == 503


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/embed.js", "/review"])
def test_every_answer_forbids_what_pages_do_not_need(
    client: FlaskClient, path: str
) -> None:
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]


def test_public_pages_set_no_cookie(client: FlaskClient) -> None:
    for path in ("/nowhere", "/embed.js", "/comments/x", "/api/v1/nowhere"):
        headers = client.get(path).headers
        assert "Set-Cookie" not in headers
        assert "Cookie" not in headers.get("Vary", "")


def test_the_widget_is_small(client: FlaskClient) -> None:
    answer = client.get("/embed.js", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) <= 10 * 1024
    plain = client.get("/embed.js")
    assert gzip.decompress(answer.data) == plain.data
    assert b"Leave a Reply" in plain.data


def test_the_widget_is_not_sent_twice(client: FlaskClient) -> None:
    etag = client.get("/embed.js").headers["ETag"]

    again = client.get("/embed.js", headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")


def test_the_widget_puts_no_markup_into_the_page(client: FlaskClient) -> None:
    script = client.get("/embed.js").text

    assert not re.search(
        r"\.(inner|outer)HTML|insertAdjacentHTML|\beval\(|document\.write", script
    )


def test_people_are_answered_in_their_language(client: FlaskClient) -> None:
    page = client.get("/nowhere", headers={"Accept-Language": "de-AT, en;q=0.5"})

    assert '<html lang="de">' in page.text
    assert "Diese Seite gibt es nicht." in page.text
    assert "Accept-Language" in page.headers["Vary"]
    assert "There is no such page." in client.get("/nowhere").text
