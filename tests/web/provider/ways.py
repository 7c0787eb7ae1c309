"""The provider as the person in front of it sees it, and the way there and back."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from werkzeug.test import TestResponse

from tests.web.person import Person


@dataclass(frozen=True)
class Provider:
    """An OpenID provider, as far as the person in front of it sees it."""

    issuer: str

    def knows(self, subject: str, **claims: object) -> None:
        """Let it vouch for somebody."""
        url = f"{self.issuer}/users/{subject}"
        requests.put(url, json=claims, timeout=10).raise_for_status()

    def agree(self, address: str, subject: str) -> str:
        """Press the provider's button; the path it sends the browser back to."""
        answer = requests.post(
            address, data={"sub": subject}, allow_redirects=False, timeout=10
        )
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


def leave(person: Person, way: str = "/login/provider") -> str:
    """Press our button; the provider's address with what we ask of it."""
    answer = person.client.get(way)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def come(
    person: Person, provider: Provider, subject: str, way: str = "/login/provider"
) -> TestResponse:
    """There and back again."""
    return person.client.get(provider.agree(leave(person, way), subject))


def is_in(person: Person) -> bool:
    """Whether the account opens."""
    return person.client.get("/account").status_code == 200
