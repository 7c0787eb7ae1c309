"""What those get who are not refused, and which pages may read it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.enums import Status
from moderation.schema.comments import comment, revision
from moderation.sites import keys
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, KEYRING, ORIGIN, a_comment
from tests.moderation.rows import decide
from tests.moderation.visitor import Visitor, check_refused

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


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
        headers={"Authorization": f"Bearer {keys.of(site, KEYRING).secret}"},
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
