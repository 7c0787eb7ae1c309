"""Signing in with an OpenID provider: a real one, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation import invitations, member_schema, second_factors
from moderation.app import create_app
from moderation.db import Database
from moderation.moderators import Moderator
from moderation.settings import Settings
from moderation.sites import Site
from moderation.vocabulary import Role
from tests.conditions import eventually
from tests.factories import a_moderator
from tests.service import free_address
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


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """The provider, running and ready."""
    port = free_address().rpartition(":")[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.web.checking_provider", port],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://localhost:{port}"
    eventually(lambda: _answers(issuer), what="the provider's first answer", within=30)
    yield Provider(issuer)
    process.terminate()
    process.wait(10)


def _answers(issuer: str) -> bool:
    try:
        return requests.get(issuer, timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def app(make_settings: Callable[..., Settings], provider: Provider) -> Iterator[Flask]:
    """The application with the provider in its settings."""
    app = create_app(
        make_settings(
            oidc_issuer=provider.issuer,
            oidc_client_id="moderation",
            oidc_client_secret="a secret of the two",
            oidc_name="Example",
        )
    )
    yield app
    app.extensions["moderation"].database.close()


@pytest.fixture
def person(app: Flask) -> Person:
    return Person(app.test_client())


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
    return person.client.get("/account").status_code == 200


def test_a_member_gets_in_by_a_verified_address_and_then_by_subject(
    person: Person, app: Flask, provider: Provider, moderator: Moderator, database: Database
) -> None:  # fmt: skip
    provider.knows("ada", email=moderator.email.upper(), email_verified=True)
    assert "Sign in with Example" in person.read("/login")

    answer = come(person, provider, "ada")

    assert (answer.status_code, answer.location) == (303, "/review")
    assert f"Signed in as {moderator.name}" in person.read("/account")
    with database.read() as conn:
        row = conn.execute(select(member_schema.moderator)).one()
    assert (row.issuer, row.subject) == (provider.issuer, "ada")

    provider.knows("ada", email="moved@example.org", email_verified=True)
    later = Person(app.test_client())
    come(later, provider, "ada")
    assert f"Signed in as {moderator.name}" in later.read("/account")


def test_the_question_has_state_nonce_and_challenge(
    person: Person, provider: Provider
) -> None:
    asked = [parse_qs(urlsplit(leave(person)).query) for _ in range(2)]

    for each in asked:
        assert each["code_challenge_method"] == ["S256"]
        assert each["response_type"] == ["code"]
        assert len(each["code_challenge"][0]) == 43
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


def test_who_has_the_code_and_not_the_verifier_stays_outside(
    person: Person, provider: Provider, moderator: Moderator
) -> None:
    provider.knows("ada", email=moderator.email, email_verified=True)
    back = provider.agree(leave(person), "ada")
    with person.client.session_transaction() as session:
        session["journey"] = session["journey"] | {"verifier": "x" * 43}

    answer = person.client.get(back)

    assert answer.status_code == 403
    assert "does not belong to this browser, or came too late" in answer.text
    assert not is_in(person)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_opens_nothing(
    person: Person, provider: Provider, moderator: Moderator, verified: object
) -> None:
    provider.knows("eve", email=moderator.email, email_verified=verified)

    answer = come(person, provider, "eve")

    assert answer.status_code == 403
    assert "has not verified your e-mail address" in answer.text
    assert not is_in(person)


def test_a_stranger_stays_outside(
    person: Person, provider: Provider, moderator: Moderator, database: Database
) -> None:
    provider.knows("mallory", email="mallory@example.org", email_verified=True)

    answer = come(person, provider, "mallory")

    assert answer.status_code == 403
    assert "Ask an owner of the site for an invitation" in answer.text
    assert not is_in(person)
    with database.read() as conn:
        assert len(conn.execute(select(member_schema.moderator)).all()) == 1


def test_who_holds_an_invitation_gets_a_login_and_joins(
    person: Person, provider: Provider, site: Site, database: Database
) -> None:
    subject = f"grace-{database.engine.dialect.name}"
    provider.knows(
        subject, email="grace@example.org", email_verified=True, name="Grace"
    )
    with database.write() as conn:
        owner = a_moderator(conn, site, role=Role.OWNER)
        token = invitations.invite(
            conn, site, Role.MODERATOR, by=owner, now=datetime.now(UTC)
        )
    path = f"/invitations/{token}"
    assert "Sign in with Example" in person.read(path)

    answer = come(person, provider, subject, f"/login/provider?next={path}")
    assert (answer.status_code, answer.location) == (303, path)
    assert "Join as Grace" in person.read(path)
    person.send(path, path)

    assert site.name in person.read("/account")
    page = person.read("/account")
    assert "You have no password" in page


def test_an_invitation_that_is_of_no_use_makes_nobody_a_login(
    person: Person, provider: Provider, site: Site, database: Database
) -> None:
    provider.knows("heidi", email="heidi@example.org", email_verified=True)

    answer = come(person, provider, "heidi", "/login/provider?next=/invitations/x")

    assert answer.status_code == 403
    with database.read() as conn:
        assert conn.execute(select(member_schema.moderator)).all() == []


def test_who_made_a_login_with_the_address_of_somebody_else_is_thrown_out(
    person: Person, app: Flask, provider: Provider, moderator: Moderator
) -> None:
    squatter = Person(app.test_client())
    squatter.sign_in(moderator)
    assert is_in(squatter)
    provider.knows("owner", email=moderator.email, email_verified=True)

    come(person, provider, "owner")

    assert is_in(person)
    assert not is_in(squatter)
    assert squatter.sign_in(moderator).status_code == 401
    wanted = "the words of the owner"
    assert (
        person.send("/account", "/account/password", password=wanted).status_code == 303
    )
    assert squatter.sign_in(moderator, wanted).status_code == 303


def test_a_second_account_at_the_provider_does_not_take_a_login_over(
    person: Person, app: Flask, provider: Provider, moderator: Moderator
) -> None:
    provider.knows("first", email=moderator.email, email_verified=True)
    provider.knows("second", email=moderator.email, email_verified=True)
    come(person, provider, "first")
    other = Person(app.test_client())

    answer = come(other, provider, "second")

    assert answer.status_code == 403
    assert "belongs to another account at Example" in answer.text
    assert not is_in(other)


def test_the_second_factor_is_asked_for_here_too(
    person: Person, provider: Provider, moderator: Moderator, database: Database
) -> None:
    provider.knows("ivan", email=moderator.email, email_verified=True)
    with database.write() as conn:
        conn.execute(
            member_schema.moderator.update().values(totp_nonce="x", recovery_hashes=[])
        )
        codes = second_factors.renew_recovery_codes(conn, moderator.id)

    assert come(person, provider, "ivan").location == "/login/code"
    assert not is_in(person)
    person.send("/login/code", "/login/code", code=codes[0])
    assert is_in(person)


@pytest.mark.parametrize("store", ["sqlite"])
def test_an_answer_counts_once_and_only_where_the_question_was_asked(
    person: Person, app: Flask, provider: Provider, moderator: Moderator
) -> None:
    provider.knows("judy", email=moderator.email, email_verified=True)
    path = provider.agree(leave(person), "judy")
    victim = Person(app.test_client())

    assert victim.client.get(path).status_code == 403
    leave(victim)
    assert victim.client.get(path).status_code == 403
    assert not is_in(victim)

    assert person.client.get(path).status_code == 303
    person.send("/account", "/logout")
    assert person.client.get(path).status_code == 403
    assert not is_in(person)


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    "changed", [{"nonce": "another"}, {"client_id": "somebody-else"}]
)
def test_a_token_for_another_question_or_another_service_is_refused(
    person: Person, provider: Provider, moderator: Moderator, changed: dict[str, str]
) -> None:
    provider.knows("ken", email=moderator.email, email_verified=True)
    address = urlsplit(leave(person))
    query = {name: each[0] for name, each in parse_qs(address.query).items()}
    forged = address._replace(query=urlencode(query | changed)).geturl()

    answer = person.client.get(provider.agree(forged, "ken"))

    assert answer.status_code == 403
    assert not is_in(person)


@pytest.mark.parametrize("store", ["sqlite"])
def test_who_says_no_at_the_provider_reads_so(
    person: Person, provider: Provider
) -> None:
    state = parse_qs(urlsplit(leave(person)).query)["state"][0]

    answer = person.client.get(
        f"/login/provider/return?error=access_denied&state={state}"
    )

    assert answer.status_code == 403
    assert "Example did not sign you in." in answer.text


@pytest.mark.parametrize("store", ["sqlite"])
def test_without_a_provider_there_is_no_such_way(
    make_settings: Callable[..., Settings],
) -> None:
    app = create_app(make_settings())
    client = app.test_client()
    statuses = [
        client.get(path).status_code
        for path in ("/login/provider", "/login/provider/return")
    ]
    page = client.get("/login").text
    app.extensions["moderation"].database.close()

    assert statuses == [404, 404]
    assert "Sign in with" not in page


class Liar(BaseHTTPRequestHandler):
    """An issuer that sends us elsewhere, and notes whether we went there."""

    went_to: list[str]
    says: dict[str, object] | None

    def do_GET(self) -> None:
        self.went_to.append(self.path)
        body = json.dumps(self.says).encode()
        if self.says is None:
            self.send_response(302)
            self.send_header("Location", "/inside")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    "says",
    [
        None,
        {},
        [],
        {"issuer": "https://elsewhere.example"},
        {"issuer": "ITSELF", "authorization_endpoint": "file:///etc/passwd"},
        {"issuer": "ITSELF", "authorization_endpoint": "http://10.0.0.1/"},
        {"issuer": "ITSELF"},
    ],
)
def test_nobody_is_sent_where_only_a_liar_would_send_them(
    make_settings: Callable[..., Settings], says: dict[str, object] | None
) -> None:
    Liar.went_to, Liar.says = [], says
    server = HTTPServer(("127.0.0.1", 0), Liar)
    issuer = f"http://127.0.0.1:{server.server_port}"
    if isinstance(says, dict) and says.get("issuer") == "ITSELF":
        Liar.says = says | {"issuer": issuer}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    app = create_app(make_settings(oidc_issuer=issuer, oidc_name="Liar"))
    answer = app.test_client().get("/login/provider")
    app.extensions["moderation"].database.close()
    server.shutdown()
    thread.join()
    server.server_close()

    assert answer.status_code == 503
    assert "Liar does not answer as it should" in answer.text
    assert Liar.went_to == ["/.well-known/openid-configuration"]
