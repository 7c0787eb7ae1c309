"""Nothing that can be sent to the doors breaks them."""

from __future__ import annotations

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from moderation.sites.site import Site
from tests.factories import ARTICLE

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


@pytest.fixture
def open_door(app: Flask, site: Site) -> FlaskClient:
    # An error of ours must come out as an error, not as a page that hides it.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


_anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.text(max_size=30),
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
