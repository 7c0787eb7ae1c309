"""Requests that no browser sends: each gets an answer that is not a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product

import pytest
from flask.testing import FlaskClient

from moderation.storage.database import Database
from tests.attack.conftest import Scene
from tests.factories import ARTICLE, ORIGIN, a_site
from tests.web.person import Person

POST = "/api/v1/sites/news/comments"
WIDE = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(1_900))
QUERIES = {
    "a NUL": "%00",
    "an escaped NUL": "%2500",
    "invalid UTF-8": "%ff%fe%c3%28",
    "an encoded surrogate": "%ed%a0%80",
    "right-to-left override": "%e2%80%ae",
    "line breaks": "%0d%0aSet-Cookie:%20a=b",
    "a long line": "a" * 5_000,
    "5,000 digits": "9" * 5_000,
    "superscript digits": "%c2%b2",
    "an integer beyond 64 bits": "99999999999999999999999",
    "a negative number": "-1",
    "a template": "{{7*7}}${7*7}",
    "SQL": "'%20OR%201=1--",
}
PATHS = (
    "/api/v1/sites/news/comments?thread=" + ARTICLE + "/{}",
    "/api/v1/sites/news/comments?thread={}",
    "/api/v1/sites/news/comments?thread=https://{}/",
    "/api/v1/sites/news/comments?thread=" + ARTICLE + "&limit={}",
    "/api/v1/sites/news/comments?thread=" + ARTICLE + "&after={}",
    "/api/v1/sites/news/comments?thread=" + ARTICLE + "&sort={}",
    "/api/v1/sites/news/counts?thread=" + ARTICLE + "/{}",
    "/api/v1/sites/{}/comments?thread=" + ARTICLE,
    "/api/v1/sites/{}/form",
    "/comments/{}",
    "/comments/{}.{}",
    "/login?why={}&next={}",
    "/review?after={}",
    "/review/{}",
    "/static/{}",
    "/static/../{}",
    "/{}",
)
HEADERS = {
    "Accept": ("", ";", "application/json;q=x", "*/*;q=" + "9" * 400, "é"),
    "Accept-Language": ("", ";q=", "en;q=1e999", "-" * 500, "*", "x" * 5_000),
    "Accept-Encoding": ("gzip;q=nan", "gzip;q=", "é"),
    "Authorization": ("Bearer", "Bearer é", "Basic !!!", "Digest a", "\xff" * 50),
    "Origin": ("null", "", "https://[", "https://é", "https://a:99999", "x" * 5_000),
    "Host": ("", "a b", "[", "évil", "x:y", "[::1]:99999", "a" * 5_000),
    "Referer": ("https://[", "\xff", "https://news.example.org/%00"),
    "If-None-Match": ("*", '"', 'W/"none"', "\xff"),
    "Cookie": ("session=", "session=a.b.c", "session=" + "e" * 4_000, "\xff", ";;=="),
    "Content-Type": ("", "application/json; charset=utf-7", "multipart/form-data", ";"),
    "User-Agent": ("", "\xff" * 600, "x" * 8_000),
    "X-Forwarded-For": ("'; --", "1.2.3.4, %00", "\xff"),
}
BODIES = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "100,000 brackets": b"[" * 100_000,
    "nested objects": b'{"thread":' * 5_000 + b"1" + b"}" * 5_000,
    "a huge integer": b'{"thread":{"url":' + b"9" * 5_000 + b"}}",
    "a lone surrogate": b'{"thread":{"url":"\\ud800"}}',
    "invalid UTF-8": b'{"thread":{"url":"\xff"}}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "duplicate keys": b'{"thread":{},"thread":[]}',
    "wrong types": b'{"thread":{"url":{}},"text":true,"author":[1]}',
    "NaN": b'{"thread":NaN}',
    "another class": b'{"__class__":"os.system","thread":{"url":"x"}}',
}

LENGTHS = (0, 1, 101, 254, 501, 2_048, 10_001)
FIELDS = (
    *("text", "name", "email", "url", "thread_url", "thread_title", "thread_id"),
    *("parent", "form_token"),
)


@pytest.mark.parametrize("value", QUERIES.values(), ids=QUERIES)
def test_no_value_in_an_address_is_a_fault(
    client: FlaskClient, scene: Scene, someone: Callable[[], Person], value: str
) -> None:
    owner = someone()
    owner.sign_in(scene.people["owner"])
    for path in PATHS:
        for visitor in (client, owner.client):
            answer = visitor.get(path.replace("{}", value))
            assert answer.status_code < 500, path
            assert "Set-Cookie: a=b" not in str(answer.headers)


def test_no_header_is_a_fault(client: FlaskClient, scene: Scene) -> None:
    for name, values in HEADERS.items():
        for value in values:
            for path in (f"{POST}?thread={ARTICLE}", scene.status_path, "/login"):
                answer = client.get(path, headers={name: value})
                assert answer.status_code < 500, (path, name, value)
            for path in (POST, "/sites/news/reply", "/login"):
                answer = client.post(path, data=b"{}", headers={name: value})
                assert answer.status_code < 500, (path, name, value)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_body_is_a_fault(client: FlaskClient, scene: Scene, body: bytes) -> None:
    answer = client.post(POST, data=body)
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"
    assert answer.json
    assert answer.json["code"].startswith(("malformed", "thread"))
    for kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
    ):
        for path in ("/sites/news/reply", "/login", "/logout", "/review/x"):
            assert client.post(path, data=body, content_type=kind).status_code < 500


def test_no_method_is_a_fault(client: FlaskClient, scene: Scene) -> None:
    paths = (POST, "/sites/news/reply", scene.status_path, "/login", "/review", "/x")
    for path in paths:
        for method in ("HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "FOO"):
            headers = {"X-HTTP-Method-Override": "GET"}
            answer = client.open(path, method=method, headers=headers)
            assert answer.status_code < 500, (method, path)


@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_no_length_of_any_field_is_a_fault(
    client: FlaskClient, database: Database, form: bool
) -> None:
    with database.write() as conn:
        a_site(conn, key="news")
    for letter, length, field in product("aé\U0001f600\x00\u202e", LENGTHS, FIELDS):
        status = _post(client, form, **{field: letter * length})
        assert status in (200, 202, 303, 403, 422), (field, letter, length, status)


def test_a_thread_with_a_long_address_is_one_thread(
    client: FlaskClient, database: Database
) -> None:
    """As bytes the address is longer than what PostgreSQL can keep in an index."""
    with database.write() as conn:
        a_site(conn, key="news")

    for tail in (f"/{WIDE}", f"?q={WIDE}", f"#{WIDE}"):
        url = ARTICLE + tail
        assert _post(client, False, thread_url=url) == 202
        assert _post(client, False, thread_url=url, text=f"Again {len(tail)}") == 202
        answer = client.get(POST, query_string={"thread": url})
        assert answer.json
        assert answer.json["thread"]["title"] == "The new harbour"
    with database.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM thread").scalar_one() == 3


def test_a_body_that_is_too_large_is_refused(client: FlaskClient, scene: Scene) -> None:
    for path in (POST, "/sites/news/reply", "/login"):
        answer = client.post(path, data={"text": "a" * 200_000})
        assert answer.status_code == 413, path


def test_what_only_a_server_may_say_is_not_taken_from_a_browser(
    client: FlaskClient, scene: Scene, database: Database
) -> None:
    body = _json()
    extra = {"status": "approved", "id": "1", "site_id": 1, "trusted": True}
    body["author"] |= {"ip": "198.51.100.9", "user_agent": "forged", "trusted": True}
    answer = client.post(POST, json=body | extra, headers={"Origin": ORIGIN})

    assert answer.status_code == 202
    assert answer.json
    assert answer.json["status"] == "pending"
    with database.read() as conn:
        rows = conn.exec_driver_sql("SELECT user_agent, network FROM revision").all()
    assert not [row for row in rows if "forged" in row[0] or "198.51" in row[1]]


def _json() -> dict[str, dict[str, object]]:
    return {
        "thread": {"url": ARTICLE, "title": "The new harbour"},
        "author": {"name": "Robin", "email": "robin@example.org"},
        "text": "A walk along the harbour.",  # type: ignore[dict-item]
    }


def _post(client: FlaskClient, form: bool, **fields: str) -> int:
    values = {
        "thread_url": ARTICLE,
        "thread_title": "The new harbour",
        "name": "Robin",
        "email": "robin@example.org",
        "text": "A walk along the harbour.",
    } | fields
    headers = {"Origin": ORIGIN}
    if form:
        return client.post(
            "/sites/news/reply", data=values, headers=headers
        ).status_code
    thread = {name: values.get(f"thread_{name}", "") for name in ("url", "title", "id")}
    author = {name: values.get(name, "") for name in ("name", "email", "url")}
    rest = {name: values.get(name, "") for name in ("text", "parent", "form_token")}
    body = json.dumps({"thread": thread, "author": author, **rest})
    return client.post(POST, data=body, headers=headers).status_code
