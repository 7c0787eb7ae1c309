"""Where a comment stands, for its author, and the form when it comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites.site import Site
from tests.factories import ARTICLE
from tests.web.person import Person

Hold = Callable[..., Stored]
Link = Callable[[Stored], str]
JSON = {"Accept": "application/json"}


@pytest.fixture
def link(settings: Settings) -> Link:
    """Makes the address that the author of a comment was given."""
    keyring = Keyring(settings.secret_key)
    return lambda stored: f"/comments/{keyring.sign('status', stored.public_id)}"


def test_the_author_of_a_held_comment_reads_that_it_waits(
    client: FlaskClient, hold: Hold, link: Link
) -> None:
    page = client.get(link(hold("I *do* wait <b>here</b>."))).text

    assert "Your comment is waiting for review." in page
    assert "<p>I <em>do</em> wait &lt;b&gt;here&lt;/b&gt;.</p>" in page
    assert f'href="{ARTICLE}"' in page


@pytest.mark.parametrize(
    ("choice", "sentence", "answer"),
    [
        ("approved", "Your comment is published.", {"status": "approved"}),
        (
            "rejected:off_topic",
            "The reason given: not about the article.",
            {"status": "rejected", "reason": "off_topic"},
        ),
    ],
)
def test_the_outcome_shows_later_for_people_and_programs(
    client: FlaskClient,
    someone: Callable[[], Person],
    moderator: Moderator,
    hold: Hold,
    link: Link,
    choice: str,
    sentence: str,
    answer: dict[str, str],
) -> None:
    stored = hold()
    person = someone()
    person.sign_in(moderator)
    person.decide(person.cards()[0], choice)

    assert sentence in client.get(link(stored)).text
    assert client.get(link(stored), headers=JSON).json == {
        "id": stored.public_id,
        **answer,
    }


def test_a_program_on_the_publishers_page_may_read_it(
    client: FlaskClient, hold: Hold, link: Link
) -> None:
    headers = client.get(link(hold()), headers=JSON).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


def test_only_the_signed_link_opens_it(
    client: FlaskClient, hold: Hold, link: Link
) -> None:
    stored = hold()
    signed = link(stored)
    tampered = signed[:-1] + ("A" if signed[-1] != "A" else "B")

    for path in (
        f"/comments/{stored.public_id}",
        tampered,
        "/comments/.",
        "/comments/%ff",
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    "fields",
    [
        {"text": 'He said "no" & <left>', "name": "Zoë", "email": "not an address"},
        {"comment": 'He said "no" & <left>', "author": "Zoë", "email": "nope"},
    ],
    ids=["our names", "WordPress's names"],
)
def test_the_form_comes_back_with_everything_typed(
    client: FlaskClient, site: Site, fields: dict[str, str]
) -> None:
    answer = client.post(
        "/sites/news/reply",
        data={**fields, "url": "https://zoe.example", "thread_url": ARTICLE},
    )

    page = answer.text
    assert answer.status_code == 422
    assert "He said &#34;no&#34; &amp; &lt;left&gt;</textarea>" in page
    text, name = list(fields)[:2]
    assert f'<textarea id="text" name="{text}"' in page
    assert f'<input id="name" name="{name}" value="Zoë"' in page
    assert 'value="https://zoe.example"' in page
    assert f'name="thread_url" value="{ARTICLE}"' in page
    assert '<p class="problem" id="problem-email">This does not look like' in page
    assert '<a href="#email">This does not look like' in page


def test_all_that_is_wrong_is_said_at_once(client: FlaskClient, site: Site) -> None:
    page = client.post(
        "/sites/news/reply", data={"thread_url": ARTICLE, "url": "ftp://x"}
    ).text

    assert "4 things need another look:" in page
    for field in ("text", "name", "email", "url"):
        assert f'id="problem-{field}"' in page


def test_the_form_shown_again_may_end_on_the_publishers_page(
    client: FlaskClient, site: Site
) -> None:
    answer = client.post("/sites/news/reply", data={"thread_url": ARTICLE})

    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://news.example.org;" in policy
