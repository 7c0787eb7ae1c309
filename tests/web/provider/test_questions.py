"""What is asked of the provider, and which answers count."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from moderation.accounts.moderators import Moderator
from moderation.app import create_app
from moderation.settings import Settings
from tests.web.person import Person
from tests.web.provider.ways import Provider, is_in, leave


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
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
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
