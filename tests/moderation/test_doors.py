"""The two doors: what each refusal looks like, who may read it, and what never breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from moderation import sites
from moderation.app import create_app
from moderation.db import Database
from moderation.identity import Keyring
from moderation.schema import comment, revision, thread
from moderation.settings import Settings
from moderation.sites import Site, SiteSettings
from moderation.vocabulary import Status
from tests.factories import ARTICLE, ORIGIN, a_comment, a_site
from tests.moderation.rows import decide

pytestmark = pytest.mark.parametrize("store", ["sqlite"])
KEYRING = Keyring("a secret key that only tests know")
DOORS = ["json", "form"]
NOW = datetime.now(UTC)


class Visitor:
    """Somebody at one of the doors, with a comment that nobody objects to."""

    def __init__(self, client: FlaskClient, door: str) -> None:
        self.client = client
        self.door = door
        self.fields = {
            "text": "I walked past the harbour this morning.",
            "name": "Ada",
            "email": "ada@example.org",
            "url": "",
            "thread_url": ARTICLE,
            "thread_title": "The new harbour",
            "parent": "",
            "form_token": "",
            "topic": "",
        }

    def send(
        self,
        *,
        site: str = "news",
        origin: str | None = ORIGIN,
        headers: Mapping[str, str] | None = None,
        **wanted: str,
    ) -> TestResponse:
        """Post the comment, with whatever is wanted otherwise."""
        fields = self.fields | wanted
        sent = {"Origin": origin} if origin else {}
        sent |= headers or {}
        if self.door == "form":
            return self.client.post(f"/sites/{site}/reply", data=fields, headers=sent)
        body = {
            "thread": {"url": fields["thread_url"], "title": fields["thread_title"]},
            "author": {key: fields[key] for key in ("name", "email", "url")},
            **{key: fields[key] for key in ("text", "parent", "form_token", "topic")},
        }
        return self.client.post(
            f"/api/v1/sites/{site}/comments", json=body, headers=sent
        )


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, key="news")


@pytest.fixture(params=DOORS)
def visitor(request: pytest.FixtureRequest, client: FlaskClient, site: Site) -> Visitor:
    return Visitor(client, request.param)


def check_refused(answer: TestResponse, door: str, status: int, code: str) -> None:
    """The JSON door says the code; the form is shown again."""
    assert answer.status_code == status
    if door == "json":
        assert answer.mimetype == "application/problem+json"
        problem = answer.get_json()
        assert (problem["code"], problem["status"]) == (code, status)
        assert problem["type"] == f"urn:moderation:problem:{code}"
        assert len(problem["detail"]) > 10
    else:
        assert answer.mimetype == "text/html"
        assert "<textarea" in answer.text


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
        "form_too_fast",
        403,
        {"form_token": KEYRING.form_token("news", NOW + timedelta(days=1))},
    ),
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
    check_refused(visitor.send(), visitor.door, 409, "duplicate")
    with database.write() as conn:
        conn.execute(update(thread).values(is_open=False))

    answer = visitor.send(text="Something new")

    check_refused(answer, visitor.door, 403, "thread_closed")


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


def test_a_body_that_is_too_large_is_not_read(client: FlaskClient, site: Site) -> None:
    answer = client.post(
        "/api/v1/sites/news/comments",
        data=b"x" * 200_000,
        content_type="application/json",
    )

    check_refused(answer, "json", 413, "body_too_large")


def test_a_wrong_secret_is_refused_and_the_right_one_speaks_for_a_visitor(
    client: FlaskClient, database: Database, site: Site
) -> None:
    visitor = Visitor(client, "json")
    wrong = visitor.send(headers={"Authorization": "Bearer sk_wrong"})
    check_refused(wrong, "json", 401, "unauthorized")

    right = client.post(
        "/api/v1/sites/news/comments",
        json={
            "thread": {"url": ARTICLE},
            "author": {"name": "Ada", "ip": "198.51.100.7", "user_agent": "Browser"},
            "text": "Sent by the publisher's server.",
        },
        headers={"Authorization": f"Bearer {sites.keys(site, KEYRING).secret}"},
    )

    assert right.status_code == 202
    with database.read() as conn:
        row = conn.execute(select(revision)).one()
    assert (row.network, row.user_agent) == ("198.51.100.0/24", "Browser")


def test_a_visitor_cannot_say_where_they_are(
    client: FlaskClient, database: Database, site: Site
) -> None:
    client.post(
        "/api/v1/sites/news/comments",
        json={
            "thread": {"url": ARTICLE},
            "author": {"name": "Ada", "ip": "198.51.100.7"},
            "text": "Sent by a visitor.",
        },
    )

    with database.read() as conn:
        assert conn.execute(select(revision.c.network)).scalar() == "127.0.0.0/24"


def test_an_accepted_comment_has_a_status_that_only_its_author_can_ask_for(
    client: FlaskClient, site: Site
) -> None:
    answer = Visitor(client, "json").send()

    body = answer.get_json()
    assert answer.status_code == 202
    assert set(body) == {"id", "status", "status_url", "edit_token"}
    assert body["status"] == "pending"
    path = urlsplit(body["status_url"]).path
    asked = client.get(path, headers={"Accept": "application/json"})
    assert asked.get_json() == {"id": body["id"], "status": "pending"}
    assert client.get(f"/comments/{body['id']}.forged").status_code == 404


def test_a_form_leads_back_to_the_page_it_stood_on(
    client: FlaskClient, site: Site
) -> None:
    answer = Visitor(client, "form").send(redirect_to=f"{ARTICLE}?page=2#respond")

    target = urlsplit(answer.headers["Location"])
    assert answer.status_code == 303
    assert f"{target.scheme}://{target.netloc}{target.path}" == ARTICLE
    query = parse_qs(target.query)
    assert query["page"] == ["2"]
    assert target.fragment.startswith("comment-")
    signed = KEYRING.unsign("status", query["reply"][0])
    assert target.fragment == f"comment-{signed}"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        f"{ORIGIN}@evil.example/",
        f"{ORIGIN}.evil.example/",
        "/\\evil.example",
    ],
)
def test_a_form_leads_nowhere_else(
    client: FlaskClient, site: Site, target: str
) -> None:
    answer = Visitor(client, "form").send(redirect_to=target)

    assert answer.status_code == 303
    host = urlsplit(answer.headers["Location"]).hostname
    assert host in ("news.example.org", "127.0.0.1", "localhost")


def test_wordpress_forms_are_understood(
    client: FlaskClient, database: Database, site: Site
) -> None:
    with database.write() as conn:
        parent = a_comment(conn, site).public_id
        decide(conn, Status.APPROVED, parent)
    answer = client.post(
        "/sites/news/reply",
        data={
            "comment": "An answer from a theme.",
            "author": "Ada",
            "email": "ada@example.org",
            "url": "https://ada.example",
            "comment_post_ID": "7",
            "comment_parent": parent,
            "redirect_to": ARTICLE,
        },
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code == 303
    with database.read() as conn:
        row = conn.execute(
            select(comment.c.parent_id, revision.c.text, revision.c.name)
            .join(revision, revision.c.comment_id == comment.c.id)
            .order_by(comment.c.id.desc())
        ).first()
    assert row is not None
    assert row.parent_id is not None
    assert (row.text, row.name) == ("An answer from a theme.", "Ada")


def test_a_refused_form_comes_back_with_everything_still_typed_in(
    client: FlaskClient, site: Site
) -> None:
    answer = Visitor(client, "form").send(
        text='Half "done" <i>words</i>', name="Ada", email="not an address"
    )

    assert answer.status_code == 422
    assert "Half &#34;done&#34; &lt;i&gt;words&lt;/i&gt;" in answer.text
    assert 'value="Ada"' in answer.text
    assert 'value="not an address"' in answer.text


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [(ORIGIN, ORIGIN), ("https://evil.example", None), ("null", None)],
)
@pytest.mark.parametrize("what", ["read", "post", "refused", "asked"])
def test_only_pages_of_the_site_may_read_the_answers(
    client: FlaskClient, site: Site, origin: str, allowed: str | None, what: str
) -> None:
    path = "/api/v1/sites/news/comments"
    headers = {"Origin": origin}
    if what == "read":
        answer = client.get(path, query_string={"thread": ARTICLE}, headers=headers)
    elif what == "asked":
        answer = client.options(
            path, headers=headers | {"Access-Control-Request-Method": "POST"}
        )
    else:
        text = "" if what == "refused" else "Words."
        answer = Visitor(client, "json").send(origin=origin, text=text)

    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    if what == "asked" and allowed:
        assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"


def test_a_reader_who_has_the_thread_already_is_told_so(
    client: FlaskClient, database: Database, site: Site
) -> None:
    def read(etag: str = "") -> TestResponse:
        return client.get(
            "/api/v1/sites/news/comments",
            query_string={"thread": ARTICLE},
            headers={"If-None-Match": etag},
        )

    with database.write() as conn:
        public_id = a_comment(conn, site).public_id
        decide(conn, Status.APPROVED, public_id)
    etag = read().headers["ETag"]
    same = read(etag)
    assert (same.status_code, same.data) == (304, b"")

    with database.write() as conn:
        decide(conn, Status.REJECTED, public_id)

    assert read(etag).status_code == 200
    assert read(etag).get_json()["comments"] == []


@pytest.fixture
def open_door(app: Flask, site: Site) -> FlaskClient:
    # An error of ours must come out as an error, not as a page that hides it.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


_anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["thread", "author", "text", "url", "name", "email", "id"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_relaxed = hypothesis_settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@_relaxed
@given(
    body=st.binary(max_size=200)
    | _anything.map(lambda each: orjson.dumps(each, default=str))
)
def test_no_bytes_break_the_json_door(open_door: FlaskClient, body: bytes) -> None:
    answer = open_door.post(
        "/api/v1/sites/news/comments", data=body, content_type="application/json"
    )

    assert 400 <= answer.status_code < 500


_typed = st.text(max_size=60)


@_relaxed
@given(text=_typed, name=_typed, email=_typed, url=_typed, token=_typed, parent=_typed)
def test_nothing_that_can_be_typed_breaks_the_doors(
    open_door: FlaskClient,
    text: str,
    name: str,
    email: str,
    url: str,
    token: str,
    parent: str,
) -> None:
    document = {
        "thread": {"url": f"{ARTICLE}?{text[:5]}", "title": name},
        "author": {"name": name, "email": email, "url": url},
        "text": text,
        "form_token": token,
        "parent": parent,
    }
    try:
        body = orjson.dumps(document)
    except TypeError:
        body = repr(document).encode("utf-8", "surrogatepass")

    answer = open_door.post(
        "/api/v1/sites/news/comments", data=body, content_type="application/json"
    )

    assert answer.status_code < 500


@_relaxed
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(
        [
            "",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
        ]
    ),
)
def test_no_bytes_break_the_form_door(
    open_door: FlaskClient, body: bytes, kind: str
) -> None:
    answer = open_door.post("/sites/news/reply", data=body, content_type=kind)

    assert 400 <= answer.status_code < 500
