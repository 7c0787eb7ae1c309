"""What the processes write and count holds nothing of a visitor's."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.conditions import eventually
from tests.factories import ARTICLE, ORIGIN, a_site
from tests.faults.scene import pending
from tests.service import Service, running

SECRETS = {
    "text": "Zanzibarquux secretly likes harbours.",
    "name": "Quentin Xylophonius",
    "email": "quentin.xylophonius@example.org",
    "url": "https://xylophonius.example.org/me",
    "thread_title": "A title of Xylophonius",
}
MARKS = ("zanzibarquux", "xylophonius", "127.0.0.1", "203.0.113.77", "secretbrowser")


@pytest.fixture
def store() -> str:
    """What is written does not depend on the store."""
    return "sqlite"


@pytest.fixture
def said(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> Iterator[tuple[Service, Path]]:
    """A service with a proxy in front, and the file with all that it says."""
    settings, log = (
        make_settings(trusted_proxies=1, log_level="debug"),
        tmp_path / "log",
    )
    with running(settings, log=log) as service:
        yield service, log


def test_no_line_and_no_number_tells_who_said_what(
    said: tuple[Service, Path], database: Database
) -> None:
    service, output = said
    with database.write() as conn:
        site: Site = a_site(conn, key="news")
    url = f"{service.url}/sites/{site.key}/reply"
    form = SECRETS | {"thread_url": ARTICLE}
    assert _send(url, form) == 303
    for bad in ({"email": "xylophonius"}, {"text": ""}, {"thread_url": "xylophonius"}):
        assert _send(url, form | bad) in (403, 422)
    assert _send(url, form) == 303
    login = {"email": SECRETS["email"], "password": "zanzibarquux"}
    assert _send(f"{service.url}/login", login) == 400
    assert _send(f"{service.url}/comments/xylophonius", {}) == 405
    eventually(lambda: not pending(database), what="the verdict")
    with urllib.request.urlopen(f"{service.url}/metrics", timeout=10) as answer:
        numbers = answer.read().decode().lower()
    service.stop()

    lines = output.read_text().lower()
    assert "submission_refused" in lines
    assert "batch_decided" in lines
    assert "moderation_comments_accepted_total" in numbers
    for mark in MARKS:
        assert mark not in lines
        assert mark not in numbers


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _send(url: str, form: dict[str, str]) -> int:
    request = urllib.request.Request(
        url,
        urllib.parse.urlencode(form).encode(),
        {
            "Origin": ORIGIN,
            "User-Agent": "SecretBrowser/7",
            "X-Forwarded-For": "203.0.113.77",
        },
    )
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
