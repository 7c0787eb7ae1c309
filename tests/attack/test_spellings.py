"""Addresses and origins as proxies and visitors write them to get around a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.schema.comments import comment, revision
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import keys
from moderation.storage.database import Database
from tests.attack.conftest import Scene
from tests.conftest import SECRET_KEY
from tests.factories import ARTICLE, a_site
from tests.web.person import Person

PATH = "/api/v1/sites/news/comments"
PUBLIC = "https://c.example.org"
JUNK = ("unknown", "no address", "1.2.3.4.5:80", "[2001:db8::1", "'; --", "%00")

Client = Callable[..., FlaskClient]


@pytest.fixture
def behind(make_settings: Callable[..., Settings]) -> Iterator[Client]:
    """Makes clients of a service with the settings that a test wants."""
    with ExitStack() as stack:

        def make(**wanted: object) -> FlaskClient:
            app = create_app(make_settings(**wanted))
            stack.callback(app.extensions["moderation"].database.close)
            return app.test_client()

        yield make


@pytest.fixture
def news(database: Database) -> None:
    with database.write() as conn:
        a_site(conn, key="news")


def post(client: FlaskClient, number: int, **headers: str) -> TestResponse:
    """Post a comment of its own through the JSON door."""
    body = {
        "thread": {"url": ARTICLE},
        "author": {"name": f"Robin {number}", "email": f"robin{number}@example.org"},
        "text": f"We walked along the quay {number} times.",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(PATH, json=body, headers=named)


def send(client: FlaskClient, *, to: str = "/sites/news/reply", **headers: str) -> int:
    """The status of a plain form that was sent."""
    form = {
        "thread_url": ARTICLE,
        "name": "Robin",
        "email": "robin@example.org",
        "text": "We walked along the quay.",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(to, data=form, headers=named).status_code


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize(
    "spellings",
    [
        [f"198.51.100.77:{port}" for port in range(4000, 4008)],
        [f"[2001:db8:9::1]:{port}" for port in range(4000, 4008)],
        ["2001:db8:9::1", "[2001:DB8:9:0::1]", "2001:db8:9:0:0:0:0:1", "2001:db8:9::2"],
        [
            "198.51.100.77",
            "::ffff:198.51.100.77",
            "[::ffff:c633:644d]:9",
            "198.51.100.77:1",
        ],
        [*JUNK],
    ],
)
def test_however_an_address_is_spelt_it_is_one_visitor_of_one_network(
    behind: Client, database: Database, spellings: list[str]
) -> None:
    client = behind(trusted_proxies=1, rate_limit_address="3 per hour")

    answers = [
        post(client, number, X_Forwarded_For=f"6.6.6.{number}, {address}").status_code
        for number, address in enumerate(spellings)
    ]

    assert answers == [202] * 3 + [429] * (len(spellings) - 3)
    with database.read() as conn:
        hashes = set(conn.execute(select(revision.c.address_hash)).scalars())
        networks = set(conn.execute(select(revision.c.network)).scalars())
    assert len(networks) == 1, "a ban of the network holds for all of them"
    assert None not in networks
    assert len(hashes) <= 2, "the two addresses of one visitor's network at most"


@pytest.mark.usefixtures("news")
def test_visitors_with_addresses_are_not_counted_with_those_who_hide_theirs(
    behind: Client,
) -> None:
    client = behind(trusted_proxies=1, rate_limit_address="1 per hour")

    said = ["junk", "198.51.100.1:80", "198.51.100.2:80", "more junk"]
    answers = [
        post(client, number, X_Forwarded_For=address).status_code
        for number, address in enumerate(said)
    ]

    assert answers == [202, 202, 202, 429]


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize("store", ["sqlite"])
def test_a_form_whose_origin_is_hidden_is_taken_and_a_script_is_not(
    client: FlaskClient, database: Database
) -> None:
    assert send(client, Origin="null") == 303
    assert post(client, 1, Origin="null").status_code == 403
    assert send(client, Origin="https://evil.example") == 403
    with database.read() as conn:
        assert len(conn.execute(select(comment.c.id)).all()) == 1


@pytest.mark.parametrize("store", ["sqlite"])
def test_who_lost_the_session_comes_back_to_their_page_behind_a_forgetful_proxy(
    behind: Client,
) -> None:
    client = behind(public_url=PUBLIC)

    answer = client.post(
        "/review/x",
        headers={"Host": "127.0.0.1:8000", "Referer": f"{PUBLIC}/review/decided"},
    )
    stranger = client.post("/review/x", headers={"Referer": "https://x.example/review"})

    assert answer.location == "/login?why=lost&next=/review/decided"
    assert stranger.location == "/login?why=lost"


@pytest.mark.parametrize("store", ["sqlite"])
def test_people_sign_in_and_decide_where_a_proxy_hides_the_origin(
    client: FlaskClient, scene: Scene
) -> None:
    client.environ_base["HTTP_ORIGIN"] = "null"
    person = Person(client)

    assert person.sign_in(scene.people["owner"]).status_code == 303
    assert person.cards() == [scene.held.id]
    assert person.decide(scene.held.id, "approved").status_code == 303
    assert person.cards() == []
    assert client.post("/review/x", data={"choice": "approved"}).status_code == 400


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_server_may_write_the_address_of_its_visitor_in_any_way(
    client: FlaskClient, scene: Scene, database: Database
) -> None:
    secret = keys.of(scene.site, Keyring(SECRET_KEY)).secret
    said = [
        "192.0.2.7",
        "192.0.2.7:4000",
        "::ffff:192.0.2.7",
        "[2001:db8::1]:9",
        "junk",
    ]
    for number, address in enumerate(said):
        body = {
            "thread": {"url": ARTICLE},
            "author": {"name": f"Kim {number}", "ip": address},
            "text": f"The bridge was closed {number} times.",
        }
        headers = {"Authorization": f"Bearer {secret}"}
        assert client.post(PATH, json=body, headers=headers).status_code == 202

    with database.read() as conn:
        kept = (
            select(revision.c.network).order_by(revision.c.comment_id.desc()).limit(5)
        )
        networks = conn.execute(kept).scalars().all()[::-1]
    assert networks == ["192.0.2.0/24"] * 3 + ["2001:db8::/48", None]
