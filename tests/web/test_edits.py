"""An author changes a comment with the token that came with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation.audit.journal import Entry
from moderation.comments import threads
from moderation.decisions.apply import apply
from moderation.decisions.choice import Choice
from moderation.enums import Act, Status
from moderation.schema.audit import decision
from moderation.schema.comments import comment, revision
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.storage.database import Database
from tests.factories import a_comment, a_site


class Posted:
    """A comment on the site ``news`` and what its author holds."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        with database.write() as conn:
            site = a_site(conn, key="news")
            self.id = a_comment(conn, site, "The first wording of it.").public_id
        self.token = Keyring(settings.secret_key).sign("edit", self.id)

    def put(self, client: FlaskClient, text: str, **wanted: object):
        body = {"edit_token": self.token, "text": text} | wanted
        return client.patch(f"/api/v1/sites/news/comments/{self.id}", json=body)

    def row(self):
        with self.database.read() as conn:
            found = select(comment).where(comment.c.public_id == self.id)
            return conn.execute(found).one()

    def decide(self, to: Status) -> None:
        row = self.row()
        choice = Choice(
            comment_id=row.id,
            site_id=row.site_id,
            thread_id=row.thread_id,
            author_id=row.author_id,
            revision=row.revision,
            from_status=Status(row.status),
            to_status=to,
        )
        entry = Entry(Act.SCORE, "policy:1", datetime.now(UTC))
        with self.database.write() as conn:
            assert apply(conn, entry, [choice]).done


@pytest.fixture
def posted(database: Database, settings: Settings) -> Posted:
    return Posted(database, settings)


def test_an_edit_keeps_both_wordings(client: FlaskClient, posted: Posted) -> None:
    """The earlier revision stays as it was decided about."""
    answer = posted.put(client, "  The second wording.  ")

    assert answer.status_code == 202
    with posted.database.read() as conn:
        texts = conn.execute(select(revision.c.text).order_by(revision.c.number))
        assert texts.scalars().all() == [
            "The first wording of it.",
            "The second wording.",
        ]
    assert posted.row().revision == 2


@pytest.mark.parametrize("status", [Status.APPROVED, Status.HELD])
def test_an_edited_comment_is_judged_anew(
    client: FlaskClient, posted: Posted, status: Status
) -> None:
    """It is pending again, out of sight, and the author's act is on record."""
    posted.decide(status)

    assert posted.put(client, "Other words.").status_code == 202

    assert posted.row().status == Status.PENDING
    with posted.database.read() as conn:
        actors = conn.execute(select(decision.c.actor).order_by(decision.c.id))
        assert actors.scalars().all() == ["policy:1", "author"]
        assert threads.status_of(conn, posted.id).status is Status.PENDING


def test_a_rejected_comment_cannot_be_edited(
    client: FlaskClient, posted: Posted
) -> None:
    """Editing is no way around a rejection."""
    posted.decide(Status.REJECTED)

    answer = posted.put(client, "Harmless now.")

    assert answer.status_code == 403
    assert answer.json["code"] == "edit_too_late"
    assert posted.row().revision == 1


def test_an_old_comment_cannot_be_edited(client: FlaskClient, posted: Posted) -> None:
    """Others may have answered what it said."""
    long_ago = datetime.now(UTC) - timedelta(minutes=16)
    with posted.database.write() as conn:
        conn.execute(comment.update().values(created_at=long_ago))

    assert posted.put(client, "Too late.").json["code"] == "edit_too_late"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        # The token of another comment, and none.
        ({"edit_token": "0" * 32 + ".wrong", "text": "x"}, 401, "unauthorized"),
        ({"text": "x"}, 400, "malformed_json"),
        # What the door would refuse.
        ({"text": "   "}, 422, "text_missing"),
        ({"text": "x" * 10_001}, 422, "text_too_long"),
    ],
)
def test_it_refuses_what_is_wrong(
    client: FlaskClient, posted: Posted, body: dict[str, str], status: int, code: str
) -> None:
    """Nothing changes, and the answer says why."""
    if "edit_token" not in body and code.startswith("text"):
        body = {"edit_token": posted.token} | body

    answer = client.patch(f"/api/v1/sites/news/comments/{posted.id}", json=body)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert posted.row().revision == 1


def test_a_strange_page_cannot_edit(client: FlaskClient, posted: Posted) -> None:
    """Only pages of the site may call from a browser."""
    answer = client.patch(
        f"/api/v1/sites/news/comments/{posted.id}",
        json={"edit_token": posted.token, "text": "x"},
        headers={"Origin": "https://evil.example"},
    )

    assert answer.json["code"] == "origin_not_allowed"
