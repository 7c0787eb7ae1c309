"""Posts to the demo through the JSON door, as a publisher's server would."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

from moderation.demo import address
from moderation.errors import NotReady
from moderation.settings import Settings

_BETWEEN_LOOKS_SECONDS = 0.1
_ANSWER_SECONDS = 10


class Visitor:
    """Speaks for many visitors with the site's secret key: only the site's limit holds."""

    def __init__(self, settings: Settings, secret: str) -> None:
        self._settings = settings
        self._secret = secret
        self._waiting: list[str] = []

    def post(self, *, name: str, email: str, url: str, text: str, parent: str) -> bool:
        """Send a comment; False when the article has it already."""
        body = {
            "thread": {
                "url": address.thread_url(self._settings),
                "title": address.TITLE,
            },
            "author": {"name": name, "email": email, "url": url},
            "text": text,
            "parent": parent,
        }
        try:
            answer = self._ask(self._api("comments"), body)
        except urllib.error.HTTPError as error:
            if error.code == 409:
                return False
            raise
        if "duplicate_of" in answer:
            return False
        # The public address may lie behind a proxy that is not up yet.
        path = urllib.parse.urlsplit(answer["status_url"]).path
        self._waiting.append(f"http://{self._settings.bind}{path}")
        return True

    def wait(self, seconds: float) -> None:
        """Return when the worker has decided about everything that was posted."""
        deadline = time.monotonic() + seconds
        while self._waiting:
            self._waiting = [
                url for url in self._waiting if self._ask(url)["status"] == "pending"
            ]
            if time.monotonic() > deadline:
                raise NotReady(f"no worker scored the demo within {seconds:.0f} s")
            if self._waiting:
                time.sleep(_BETWEEN_LOOKS_SECONDS)

    def ids_by_author(self) -> dict[str, str]:
        """The first visible comment of each author."""
        query = urllib.parse.urlencode({"thread": address.thread_url(self._settings)})
        page = self._ask(f"{self._api('comments')}?{query}")
        found: dict[str, str] = {}
        for comment in _all(page["comments"]):
            found.setdefault(comment["author"]["name"], comment["id"])
        return found

    def _api(self, what: str) -> str:
        return f"http://{self._settings.bind}/api/v1/sites/{address.SITE_KEY}/{what}"

    def _ask(self, url: str, body: Mapping[str, object] | None = None) -> Any:
        headers = {"Accept": "application/json", "User-Agent": "demo"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            headers["Authorization"] = f"Bearer {self._secret}"
        request = urllib.request.Request(  # noqa: S310 – our own address
            url, json.dumps(body).encode() if body is not None else None, headers
        )
        with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
            return json.load(answer)


def _all(comments: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for comment in comments:
        yield comment
        yield from _all(comment["replies"])
