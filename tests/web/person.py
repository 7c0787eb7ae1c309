"""A person with a browser that knows no JavaScript."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.accounts.moderators import Moderator
from tests.factories import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """Reads pages and sends the forms on them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def read(self, path: str) -> str:
        """The page at `path`, which must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return answer.text

    def send(self, form_on: str, to: str, **fields: str) -> TestResponse:
        """Send a form that stands on one page to another address."""
        found = _TOKEN.search(self.client.get(form_on).text)
        assert found, f"no form on {form_on}"
        return self.client.post(to, data={"csrf_token": found[1], **fields})

    def sign_in(self, who: Moderator, password: str = PASSWORD) -> TestResponse:
        """Send the sign-in form."""
        return self.send("/login", "/login", email=who.email, password=password)

    def cards(self) -> list[str]:
        """The ids of the cards that wait, in the order of the page."""
        return re.findall(r'id="card-(\w+)"', self.read("/review"))

    def decide(
        self, card: str, choice: str, revision: int = 1, seen: str = "held"
    ) -> TestResponse:
        """Press a button of a card as it stands in the list."""
        form = {"choice": choice, "revision": str(revision), "seen": seen}
        return self.send("/review", f"/review/{card}", **form)

    def undo_latest(self) -> TestResponse:
        """Press the first undo button of the Decided lane."""
        path = re.search(
            r'action="(/review/decided/\w+/undo)"', self.read("/review/decided")
        )
        assert path, "nothing to undo"
        return self.send("/review/decided", path[1])
