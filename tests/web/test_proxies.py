"""What proxies say and forget to say, and visitors behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from sqlalchemy import select

from moderation.accounts.moderators import Moderator
from moderation.app import create_app
from moderation.schema.comments import revision
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.web.proxies import NOT_TRUSTED, TOO_SHORT, UNKNOWN, address_of
from tests.factories import ARTICLE, ORIGIN, PASSWORD
from tests.web.person import Person

Make = Callable[..., Settings]
PUBLIC = "https://comments.example.org"
FORM = {
    "text": "I walked past it.",
    "name": "Robin",
    "email": "robin@example.org",
    "thread_url": ARTICLE,
}


@contextmanager
def client_of(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    app.extensions["moderation"].database.close()


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("198.51.100.77", "198.51.100.77"),
        ("198.51.100.77:4000", "198.51.100.77"),
        ("[2001:db8:9::1]:4000", "2001:db8:9::1"),
        ("[2001:db8:9::1]", "2001:db8:9::1"),
        ("2001:db8:9:0::1", "2001:db8:9::1"),
        ("fe80::1%eth0", "fe80::1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("junk", UNKNOWN),
        ("1.2.3.4.5", UNKNOWN),
        ("300.1.1.1:80", UNKNOWN),
        ("_hidden", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_an_address_has_no_port_and_what_is_none_is_unknown(
    said: str, address: str
) -> None:
    assert address_of(said) == address


@pytest.mark.parametrize(
    "forms",
    [
        ["198.51.100.77", "198.51.100.77:4000", "198.51.100.77:4001", "198.51.100.77"],
        ["[2001:db8:9::1]:4000", "2001:db8:9::2", "[2001:db8:9::3]:9", "2001:db8:9::4"],
        ["junk", "rubbish", "x:1", "1.2.3.4.5"],
    ],
)
def test_an_address_written_in_another_way_is_the_same_visitor(
    make_settings: Make, site: Site, forms: list[str]
) -> None:
    settings = make_settings(trusted_proxies=1, rate_limit_address="3 per minute")
    with client_of(settings) as client:
        codes = [
            client.post(
                f"/sites/{site.key}/reply",
                data=FORM | {"text": f"I walked past it, {number}."},
                headers={"X-Forwarded-For": each},
            ).status_code
            for number, each in enumerate(forms)
        ]

    assert codes == [303, 303, 303, 429]


def test_the_network_of_an_address_with_a_port_is_kept(
    make_settings: Make, site: Site, database: Database
) -> None:
    with client_of(make_settings(trusted_proxies=1)) as client:
        client.post(
            f"/sites/{site.key}/reply",
            data=FORM,
            headers={"X-Forwarded-For": "198.51.100.77:4000"},
        )

    with database.read() as conn:
        assert (
            conn.execute(select(revision.c.network)).scalar_one() == "198.51.100.0/24"
        )


@pytest.mark.parametrize("origin", ["null", PUBLIC, ORIGIN])
def test_a_form_from_a_page_that_hides_its_origin_or_from_ours_is_taken(
    make_settings: Make, site: Site, origin: str
) -> None:
    """The proxy tells neither scheme nor host, and the page is ours or says nothing."""
    settings = make_settings(public_url=PUBLIC, trusted_proxies=1)
    headers = {"Host": "127.0.0.1:8000", "Origin": origin}
    with client_of(settings) as client:
        answer = client.post(f"/sites/{site.key}/reply", data=FORM, headers=headers)

    assert answer.status_code == 303


def test_an_origin_that_is_neither_is_refused(make_settings: Make, site: Site) -> None:
    with client_of(make_settings(public_url=PUBLIC)) as client:
        answer = client.post(
            f"/sites/{site.key}/reply",
            data=FORM,
            headers={"Origin": "https://evil.example"},
        )

    assert answer.status_code == 403


def test_redirects_and_cookies_are_those_of_the_public_address(
    make_settings: Make, site: Site
) -> None:
    with client_of(make_settings(public_url=PUBLIC)) as client:
        answer = client.get("/review", headers={"Host": "evil.example"})
        page = client.get("/login", headers={"Host": "evil.example"})

    assert answer.status_code == 302
    assert "evil.example" not in answer.headers["Location"]
    assert "evil.example" not in page.text
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")


def test_without_https_nothing_is_promised_about_it(client: FlaskClient) -> None:
    answer = client.get("/login")

    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize(
    "address",
    ["https://news.example.org/comments/", "https://x.example.org?a=b", "news.example"],
)
def test_a_public_address_with_a_path_is_refused_in_words(
    make_settings: Make, address: str
) -> None:
    with pytest.raises(ValidationError, match="must"):
        make_settings(public_url=address)


def test_the_desk_works_where_browsers_send_no_origin(
    client: FlaskClient, moderator: Moderator
) -> None:
    person = Person(client)
    client.environ_base["HTTP_ORIGIN"] = "null"

    answer = person.sign_in(moderator, PASSWORD)

    assert answer.status_code == 302 or answer.status_code == 303
    assert person.client.get("/review").status_code == 200


@pytest.mark.parametrize(
    ("trusted", "forwarded", "warnings"),
    [
        (0, "198.51.100.7", [NOT_TRUSTED]),
        (2, "6.6.6.6", [TOO_SHORT]),
        (1, "198.51.100.7", []),
        (0, "", []),
    ],
)
def test_proxies_that_are_configured_wrong_are_told(
    make_settings: Make,
    valkey: object,
    trusted: int,
    forwarded: str,
    warnings: list[str],
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with client_of(make_settings(trusted_proxies=trusted)) as client:
        client.get("/", headers=headers)
        body = client.get("/readyz").get_json()

    assert body["ready"] is True
    assert body["warnings"] == warnings
