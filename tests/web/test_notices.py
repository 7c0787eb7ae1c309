"""Who wants to hear asks for it in the form, proves the address, and can end it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.enums import Notice
from moderation.schema.comments import author
from moderation.schema.notifications import notice, notice_request
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, a_site


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(smtp_url="smtp://127.0.0.1:9")


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        settings = SiteSettings(form_requires_email=False)
        return a_site(conn, key="news", settings=settings)


def write(client: FlaskClient, *, language: str = "en", **wanted: object) -> int:
    """Post a comment as JSON; the status of the answer."""
    body: dict[str, object] = {
        "thread": {"url": ARTICLE},
        "author": {"name": "Ada", "email": "ada@example.org"},
        "text": "I walked past it.",
        "notify": True,
    }
    headers = {"Accept-Language": language}
    path = "/api/v1/sites/news/comments"
    return client.post(path, json=body | wanted, headers=headers).status_code


def outbox(database: Database) -> tuple[list[str], list[str]]:
    """The languages of the wishes, and the kinds of the notices."""
    with database.read() as conn:
        return (
            list(conn.execute(select(notice_request.c.language)).scalars()),
            list(conn.execute(select(notice.c.kind)).scalars()),
        )


def test_a_wish_is_kept_in_the_language_of_the_visitor(
    client: FlaskClient, site: Site, database: Database
) -> None:
    assert write(client, language="de-AT, en;q=0.5") == 202

    assert outbox(database) == (["de"], [Notice.CONFIRM])


def test_the_form_takes_the_wish_and_shows_it_again(
    client: FlaskClient, site: Site, database: Database
) -> None:
    form = {"thread_url": ARTICLE, "name": "Ada", "text": "Hello.", "notify": "1"}

    refused = client.post("/sites/news/reply", data=form)
    assert refused.status_code == 422
    assert "Please enter your e-mail address." in refused.text
    assert 'name="notify" value="1" checked' in refused.text

    sent = client.post("/sites/news/reply", data=form | {"email": "ada@example.org"})
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith(ARTICLE)
    assert outbox(database) == (["en"], [Notice.CONFIRM])


@pytest.mark.parametrize("wish", [False, None])
def test_nobody_hears_without_asking(
    client: FlaskClient, site: Site, database: Database, wish: bool | None
) -> None:
    assert write(client, notify=wish) == 202

    assert outbox(database) == ([], [])


def test_the_widget_learns_whether_there_are_notices(
    client: FlaskClient, site: Site
) -> None:
    assert client.get("/api/v1/sites/news/form").get_json()["notices"] is True


class TestWithoutAMailServer:
    """Nothing is promised that nobody can keep."""

    @pytest.fixture
    def settings(self, make_settings: Callable[..., Settings]) -> Settings:
        return make_settings()

    def test_no_wish_is_kept_and_none_is_offered(
        self, client: FlaskClient, site: Site, database: Database
    ) -> None:
        assert write(client) == 202
        assert outbox(database) == ([], [])
        assert client.get("/api/v1/sites/news/form").get_json()["notices"] is False
        form = {"thread_url": ARTICLE, "notify": "1"}
        assert 'name="notify"' not in client.post("/sites/news/reply", data=form).text


@pytest.mark.parametrize("what", ["confirm", "stop"])
def test_only_a_press_of_the_button_does_what_the_link_is_for(
    client: FlaskClient,
    site: Site,
    database: Database,
    settings: Settings,
    what: str,
) -> None:
    write(client)
    with database.read() as conn:
        author_id = conn.execute(select(author.c.public_id)).scalar_one()
    keyring = Keyring(settings.secret_key)
    path = f"/notices/{what}/{keyring.sign(what, author_id)}"
    before = outbox(database)

    # Programs that look into mails follow links.
    assert "<button" in client.get(path).text
    assert client.head(path).status_code == 200
    assert outbox(database) == before

    done = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert "The news of news" in done.text
    with database.read() as conn:
        confirmed = conn.execute(select(author.c.email_confirmed_at)).scalar_one()
    assert (confirmed is not None) == (what == "confirm")
    if what == "stop":
        assert outbox(database) == ([], [])


def test_no_other_token_opens_these_pages(
    client: FlaskClient, site: Site, database: Database, settings: Settings
) -> None:
    write(client)
    keyring = Keyring(settings.secret_key)
    with database.read() as conn:
        author_id = conn.execute(select(author.c.public_id)).scalar_one()
    for token in (
        author_id,
        keyring.sign("status", author_id),
        keyring.sign("stop", ""),
    ):
        for method in ("GET", "POST"):
            assert (
                client.open(f"/notices/stop/{token}", method=method).status_code == 404
            )
    for what, other in (("confirm", "stop"), ("stop", "confirm")):
        token = keyring.sign(what, author_id)
        assert client.post(f"/notices/{other}/{token}").status_code == 404
    assert (
        client.post(f"/notices/confirm/{keyring.sign('confirm', '0')}").status_code
        == 404
    )
