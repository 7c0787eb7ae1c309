"""How much a moderator waits for when the desk is opened for the first time."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest

from moderation.comments import Stored
from moderation.moderators import Moderator
from tests.web.person import Person

MOST_BYTES = 60 * 1024
_ASSETS = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_IMPORTS = re.compile(r'from "\./([\w.]+)"')


@pytest.mark.parametrize("store", ["sqlite"])
def test_the_first_view_is_small(
    someone: Callable[[], Person], moderator: Moderator, hold: Callable[..., Stored]
) -> None:
    for number in range(21):
        hold(f"You stupid idiot number {number}, go to https://pills{number}.example.")
    person = someone()
    person.sign_in(moderator)
    page = person.read("/review")
    assert page.count("data-card=") == 20

    sizes = {"/review": _packed(page.encode())}
    waiting = _ASSETS.findall(page)
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        with person.client.get(path) as answer:
            body = answer.data
        sizes[path] = _packed(body)
        folder = path.rpartition("/")[0]
        waiting += [f"{folder}/{name}" for name in _IMPORTS.findall(body.decode())]

    assert "/static/desk/live.js" in sizes
    assert sum(sizes.values()) < MOST_BYTES, sizes


def _packed(body: bytes) -> int:
    return len(gzip.compress(body, 6))
