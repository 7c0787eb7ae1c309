"""Somebody who comments through one of the two doors, and what a refusal looks like there."""

from __future__ import annotations

from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import ARTICLE, ORIGIN

DOORS = ["json", "form"]


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
        address: str = "127.0.0.1",
        **wanted: str,
    ) -> TestResponse:
        """Post the comment, with whatever is wanted otherwise."""
        fields = self.fields | wanted
        sent = {"Origin": origin} if origin else {}
        sent |= headers or {}
        comes_from = {"REMOTE_ADDR": address}
        if self.door == "form":
            return self.client.post(
                f"/sites/{site}/reply",
                data=fields,
                headers=sent,
                environ_base=comes_from,
            )
        body = {
            "thread": {"url": fields["thread_url"], "title": fields["thread_title"]},
            "author": {key: fields[key] for key in ("name", "email", "url")},
            **{key: fields[key] for key in ("text", "parent", "form_token", "topic")},
        }
        return self.client.post(
            f"/api/v1/sites/{site}/comments",
            json=body,
            headers=sent,
            environ_base=comes_from,
        )


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
