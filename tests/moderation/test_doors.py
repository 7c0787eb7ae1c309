"""What is refused at the doors: a status, a stable code and a sentence each."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from moderation.app import create_app
from moderation.schema.comments import comment, revision, thread
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import KEYRING, a_site
from tests.moderation.visitor import DOORS, Visitor, check_refused

pytestmark = pytest.mark.parametrize("store", ["sqlite"])

NOW = datetime.now(UTC)


def stored(database: Database) -> int:
    with database.read() as conn:
        return conn.execute(select(func.count()).select_from(comment)).scalar_one()


REFUSALS: list[tuple[str, int, dict[str, Any]]] = [
    ("site_unknown", 404, {"site": "nobody"}),
    ("origin_not_allowed", 403, {"origin": "https://evil.example"}),
    ("thread_missing", 422, {"thread_url": ""}),
    ("thread_invalid", 422, {"thread_url": "mailto:a@b.org"}),
    ("thread_not_on_site", 403, {"thread_url": "https://other.example/"}),
    ("title_too_long", 422, {"thread_title": "t" * 501}),
    ("honeypot", 403, {"topic": "pills"}),
    ("form_token_invalid", 403, {"form_token": "19c.forged"}),
    (
        "form_too_old",
        403,
        {"form_token": KEYRING.form_token("news", NOW - timedelta(days=2))},
    ),
    ("text_missing", 422, {"text": " \n "}),
    ("text_too_long", 422, {"text": "x" * 10_001}),
    ("name_missing", 422, {"name": "\t"}),
    ("name_too_long", 422, {"name": "n" * 101}),
    ("email_invalid", 422, {"email": "ada"}),
    ("url_invalid", 422, {"url": "javascript:alert(1)"}),
    ("parent_unknown", 422, {"parent": "0123456789abcdef0123456789abcdef"}),
]


@pytest.mark.parametrize(("code", "status", "wanted"), REFUSALS, ids=lambda each: None)
def test_a_refusal_has_a_status_a_code_and_a_sentence(
    visitor: Visitor, database: Database, code: str, status: int, wanted: dict[str, str]
) -> None:
    check_refused(visitor.send(**wanted), visitor.door, status, code)

    assert stored(database) == 0


@pytest.mark.parametrize("door", DOORS)
def test_a_form_that_is_sent_back_at_once_is_refused(
    make_settings: Callable[..., Settings], site: Site, door: str
) -> None:
    client = create_app(make_settings(form_min_seconds=30)).test_client()
    token = KEYRING.form_token("news", datetime.now(UTC))

    answer = Visitor(client, door).send(form_token=token)

    check_refused(answer, door, 403, "form_too_fast")


@pytest.mark.parametrize(
    ("code", "demands", "wanted"),
    [
        ("form_token_missing", SiteSettings(requires_form_token=True), {}),
        ("email_missing", SiteSettings(requires_email=True), {"email": ""}),
    ],
)
def test_what_a_site_demands_is_refused_when_it_is_missing(
    client: FlaskClient,
    database: Database,
    code: str,
    demands: SiteSettings,
    wanted: dict[str, str],
) -> None:
    with database.write() as conn:
        a_site(conn, key="news", settings=demands)

    for door in DOORS:
        answer = Visitor(client, door).send(**wanted)
        check_refused(answer, door, 403 if "token" in code else 422, code)


def test_a_closed_thread_and_the_same_words_are_refused(
    visitor: Visitor, database: Database
) -> None:
    assert visitor.send().status_code in (202, 303)
    elsewhere = visitor.send(address="198.51.100.9")
    check_refused(elsewhere, visitor.door, 409, "duplicate")
    with database.write() as conn:
        conn.execute(update(thread).values(is_open=False))

    answer = visitor.send(text="Something new")

    check_refused(answer, visitor.door, 403, "thread_closed")


@pytest.mark.parametrize(
    "host", ["http://news.example.org", "https://www.news.example.org"]
)
def test_a_refusal_names_the_origin_that_a_site_lacks(
    visitor: Visitor, host: str
) -> None:
    page = visitor.send(thread_url=f"{host}/2026/harbour")
    post = visitor.send(origin=host)

    check_refused(page, visitor.door, 403, "thread_not_on_site")
    check_refused(post, visitor.door, 403, "origin_not_allowed")
    assert f"on {host}, which" in page.text
    assert f"from {host}, which" in post.text


def test_a_host_in_its_own_letters_is_the_one_that_the_network_knows(
    database: Database, client: FlaskClient
) -> None:
    with database.write() as conn:
        a_site(conn, key="unicode", origins=["https://müller.example"])

    for door in DOORS:
        answer = Visitor(client, door).send(
            site="unicode",
            text=f"Through the {door}",
            thread_url="https://müller.example/a",
            origin="https://xn--mller-kva.example",
            url="https://münchen.de",
        )
        assert answer.status_code in (202, 303)


def test_the_button_pressed_again_after_a_lost_answer_gets_the_first_answer(
    visitor: Visitor, database: Database
) -> None:
    first, second = visitor.send(), visitor.send()

    assert stored(database) == 1
    if visitor.door == "form":
        assert (second.status_code, second.location) == (303, first.location)
        return
    before, after = first.get_json(), second.get_json()
    assert (first.status_code, second.status_code) == (202, 200)
    assert after == before | {"duplicate_of": before["id"]}


@pytest.mark.parametrize("limit", ["rate_limit_address", "rate_limit_site"])
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("redis_is_there", [True, False])
def test_who_posts_too_much_is_told_when_to_come_back(
    make_settings: Callable[..., Settings],
    site: Site,
    limit: str,
    door: str,
    redis_is_there: bool,
) -> None:
    away = {} if redis_is_there else {"redis_url": "unix:///nowhere/valkey.sock"}
    app = create_app(make_settings(**{limit: "2 per minute"}, **away))
    visitor = Visitor(app.test_client(), door)
    for number in range(2):
        assert visitor.send(text=f"Number {number}").status_code in (202, 303)

    answer = visitor.send(text="Number 3")

    code = "rate_limited" if limit == "rate_limit_address" else "site_rate_limited"
    check_refused(answer, door, 429, code)
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    app.extensions["moderation"].database.close()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        # Not JSON, not an object, not our object.
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"[]", "malformed_json"),
        (b'{"thread": "a page"}', "malformed_json"),
        (b'{"thread": {"url": 7}}', "malformed_json"),
        (b'{"text": "x"}', "malformed_json"),
        # Not UTF-8, and half a surrogate pair.
        (b'{"thread": {"url": "\xff"}}', "malformed_encoding"),
        (b'{"thread": {"url": "\\ud800"}}', "malformed_encoding"),
        # Nested deeper than anything sensible.
        (b"[" * 5000 + b"]" * 5000, "malformed_json"),
    ],
)
def test_a_body_that_is_no_comment_is_refused(
    client: FlaskClient, site: Site, body: bytes, code: str
) -> None:
    answer = client.post(
        "/api/v1/sites/news/comments", data=body, content_type="application/json"
    )

    check_refused(answer, "json", 400, code)


def test_a_form_in_another_encoding_is_refused(client: FlaskClient, site: Site) -> None:
    answer = client.post(
        "/sites/news/reply",
        data=b"text=caf%E9&name=Ada&email=a%40b.org",
        content_type="application/x-www-form-urlencoded",
    )

    check_refused(answer, "form", 400, "malformed_encoding")


def test_a_sign_that_stands_for_a_lost_one_may_be_typed(visitor: Visitor) -> None:
    assert visitor.send(text="What is this \ufffd sign?").status_code in (202, 303)


@pytest.mark.parametrize("url", ["www.example.org", "//example.org", "münchen.de"])
def test_a_website_needs_no_scheme(
    visitor: Visitor, database: Database, url: str
) -> None:
    assert visitor.send(url=url).status_code in (202, 303)

    with database.read() as conn:
        kept = conn.execute(select(revision.c.url)).scalar_one()
    assert kept == f"https://{url.removeprefix('//')}"


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\tscript:alert(1)"),
        *("data:text/html,x", "vbscript:x", "mailto:a@b.org"),
    ],
)
def test_a_website_that_is_none_is_refused(visitor: Visitor, url: str) -> None:
    check_refused(visitor.send(url=url), visitor.door, 422, "url_invalid")


def test_a_name_is_kept_without_what_turns_the_line_around(
    visitor: Visitor, database: Database
) -> None:
    assert visitor.send(name="\u202egnihsihp").status_code in (202, 303)

    with database.read() as conn:
        assert conn.execute(select(revision.c.name)).scalar_one() == "gnihsihp"


@pytest.mark.parametrize("path", ["/sites/news/reply", "/comments/x/report", "/login"])
@pytest.mark.parametrize("in_parts", [False, True])
def test_a_form_with_thousands_of_fields_is_refused_unread(
    client: FlaskClient, site: Site, path: str, in_parts: bool
) -> None:
    fields = {f"f{number}": "" for number in range(101 if in_parts else 15_000)}
    kind = "multipart/form-data" if in_parts else None

    begun = time.thread_time()
    answer = client.post(path, data=fields, content_type=kind)

    assert answer.status_code == 413
    # Most of it is the test's own: it writes what the service does not read.
    assert time.thread_time() - begun < 0.5


def test_a_body_that_is_too_large_is_not_read(client: FlaskClient, site: Site) -> None:
    answer = client.post(
        "/api/v1/sites/news/comments",
        data=b"x" * 200_000,
        content_type="application/json",
    )

    check_refused(answer, "json", 413, "body_too_large")
