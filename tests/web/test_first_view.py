"""How much a moderator waits for when the desk is opened for the first time."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.review import queue
from moderation.web import static_files
from tests.web.person import Person

MOST_BYTES = 60 * 1024
GZIP = {"Accept-Encoding": "gzip"}
_ASSETS = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_IMPORTS = re.compile(r'from "\./([\w.]+)"')


@pytest.mark.parametrize("store", ["sqlite"])
def test_the_first_view_is_small(
    someone: Callable[[], Person], moderator: Moderator, hold: Callable[..., Stored]
) -> None:
    for number in range(queue.PAGE + 1):
        hold(f"You stupid idiot number {number}, go to https://pills{number}.example.")
    person = someone()
    person.sign_in(moderator)
    sizes: dict[str, int] = {}
    waiting, body_of_lane = ["/review"], ""
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        with person.client.get(path, headers=GZIP) as answer:
            sizes[path] = len(answer.data)
            is_packed = answer.content_encoding == "gzip"
            body = gzip.decompress(answer.data) if is_packed else answer.data
        body_of_lane = body_of_lane or body.decode()
        waiting += _ASSETS.findall(body.decode())
        folder = path.rpartition("/")[0]
        waiting += [f"{folder}/{name}" for name in _IMPORTS.findall(body.decode())]

    assert f"{static_files.address()}/desk/live.js" in sizes
    assert body_of_lane.count("data-card=") == queue.PAGE
    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_only_browsers_that_can_read_it_get_it_packed(
    someone: Callable[[], Person], moderator: Moderator
) -> None:
    person = someone()
    person.sign_in(moderator)
    for path in ("/review", f"{static_files.address()}/css/layout.css"):
        with person.client.get(path, headers=GZIP) as packed:
            assert packed.content_encoding == "gzip"
            assert "Accept-Encoding" in packed.vary
            whole = gzip.decompress(packed.data)
        with person.client.get(path) as plain:
            assert not plain.content_encoding
            if path.startswith("/static"):
                assert plain.data == whole
        if packed.headers.get("ETag"):
            asked = {**GZIP, "If-None-Match": packed.headers["ETag"]}
            with person.client.get(path, headers=asked) as again:
                assert (again.status_code, again.data) == (304, b"")
