"""Static files are asked for once, and never of another version than their page."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from moderation.web import static_files

pytestmark = pytest.mark.parametrize("store", ["sqlite"])
SHEET = "css/layout.css"


def test_a_browser_keeps_what_a_page_asks_for(client: FlaskClient) -> None:
    page = client.get("/login").text
    asked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    assert asked
    assert [path for path in asked if not path.startswith(static_files.address())] == []
    for path in asked:
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert answer.cache_control.max_age == static_files.FOREVER_SECONDS
            assert answer.cache_control.immutable
            assert not answer.cache_control.no_cache


def test_what_a_page_of_another_version_asks_for_is_served_and_not_kept(
    client: FlaskClient,
) -> None:
    with (
        client.get(f"{static_files.address()}/{SHEET}") as ours,
        client.get(f"/static/{'0' * 12}/{SHEET}") as other,
    ):
        assert other.data == ours.data
        assert other.cache_control.no_cache
        assert not other.cache_control.max_age


@pytest.mark.parametrize("path", ["nothing.css", "../files.py", "desk"])
def test_what_is_no_static_file_is_not_there(client: FlaskClient, path: str) -> None:
    for version in (static_files.address(), "/static/other"):
        assert client.get(f"{version}/{path}").status_code == 404
