"""Whatever a visitor types, in any field of any door: an answer, never a fault."""

from __future__ import annotations

import json
import time

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.comments.rendering import render
from moderation.sites.page_addresses import page_identity
from moderation.sites.urls import origin_of
from moderation.storage.database import Database
from tests.attack.conftest import csrf_token
from tests.attack.payloads import PAYLOADS
from tests.factories import ARTICLE, a_site
from tests.web.person import Person

# Quick, the same every time, and the application is the same for all examples.
CALM = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
typed = st.one_of(
    st.text(max_size=60),
    st.sampled_from(PAYLOADS),
    st.text(alphabet="\x00\x01\x1f\u202e\u200b\ufffd@.:/\\#?&%[]<>'\"", max_size=30),
)
addresses = st.one_of(typed, typed.map(f"{ARTICLE}/".__add__))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | typed,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(typed, inner, max_size=3)
    ),
    max_leaves=8,
)
# Texts that make a careless expression or parser look again and again.
SLOW = (
    *("a" + "\n" * 9_998 + "a", "a" + "\n " * 4_999 + "a", "\n\t" * 4_999 + "a"),
    *("[" * 10_000, "[a" * 5_000, "[a](" * 2_500, "![" * 5_000, "](" * 5_000),
    *("*a " * 3_333, "*" * 10_000, "*_" * 5_000, "_a" * 5_000, "~~a" * 3_333),
    *("`" * 10_000, "".join("`" * n + " " for n in range(140)), "<" * 10_000),
    *("> " * 5_000, "- " * 5_000, "- a\n" * 2_500, "1. a\n" * 2_000, "&#" * 5_000),
    *("http://" * 1_428, "http://a," * 1_100, "<http://" * 1_250, "\\" * 10_000),
    *("[a]: b\n" * 1_400, '[a](b "' * 1_400, "a**b" * 2_500, "**a *b " * 1_428),
)


@CALM
@given(
    fields=st.fixed_dictionaries(
        {
            "thread_url": addresses,
            **{name: typed for name in ("text", "name", "email", "url")},
            **{name: typed for name in ("thread_title", "parent", "form_token")},
            **{name: typed for name in ("redirect_to", "comment", "password")},
        }
    )
)
def test_no_form_is_a_fault(
    client: FlaskClient, database: Database, fields: dict[str, str]
) -> None:
    _site_once(database)
    # With a token of its own session the form reaches the store.
    fields |= {"csrf_token": csrf_token(Person(client))}
    for path in ("/sites/news/reply", "/login", "/logout"):
        assert client.post(path, data=fields).status_code < 500


@CALM
@given(
    document=st.one_of(
        anything,
        st.fixed_dictionaries(
            {
                "thread": st.fixed_dictionaries({"url": addresses, "id": typed}),
                "author": st.fixed_dictionaries({"name": typed, "email": typed}),
                "text": typed,
                "parent": st.none() | typed,
            }
        ),
        st.fixed_dictionaries(
            {"site": typed, "text": anything, "edit_token": anything}
        ),
    )
)
def test_no_json_is_a_fault(
    client: FlaskClient, database: Database, document: object
) -> None:
    _site_once(database)
    body = json.dumps(document)
    for path in ("/api/v1/sites/news/comments", "/api/v1/score"):
        assert client.post(path, data=body).status_code < 500
    path = "/api/v1/sites/news/comments/0123456789abcdef"
    assert client.patch(path, data=body).status_code < 500


@CALM
@given(url=addresses)
def test_no_address_is_too_odd_to_be_judged(url: str) -> None:
    if origin_of(url) is not None:
        assert page_identity(url)


@pytest.mark.parametrize("text", SLOW, ids=range(len(SLOW)))
def test_no_text_keeps_the_door_busy(text: str) -> None:
    """On a slow machine; none takes more than a few milliseconds on a usual one."""
    started = time.thread_time()
    render(text[:10_000])
    assert time.thread_time() - started < 0.25


def _site_once(database: Database) -> None:
    with database.write() as conn:
        if not conn.exec_driver_sql("SELECT 1 FROM site").first():
            a_site(conn, key="news")
