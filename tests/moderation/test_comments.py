"""How submissions become pending comments, alone, together and at the same time."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from moderation.comments.draft import Draft, Stored
from moderation.comments.submit import submit as submit_comments
from moderation.enums import Status
from moderation.errors import Refused
from moderation.schema.comments import author, comment, revision, thread
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, a_comment, a_draft, a_site
from tests.moderation.rows import decide, row_of


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn)


def submit(database: Database, *drafts: Draft) -> list[str]:
    """Submit in one transaction: a status or the code of a refusal for each."""
    with database.write() as conn:
        answers = submit_comments(conn, drafts)
    return [_told(answer) for answer in answers]


def _told(answer: Stored | Refused) -> str:
    if isinstance(answer, Refused):
        return answer.code
    return "repeat" if answer.is_repeat else answer.status.value


def count(database: Database, table: object) -> int:
    """How many rows a table has."""
    with database.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def test_a_comment_is_stored_as_it_was_typed(database: Database, site: Site) -> None:
    text = "Zoë <b>said</b>:\n\n*yes* 👋🏽"
    (answer,) = submit(
        database,
        a_draft(
            site, text, name="Zoë", email="zoe@example.org", url="https://zoe.example"
        ),
    )

    assert answer == Status.PENDING
    with database.read() as conn:
        row = conn.execute(select(revision)).one()
        whole = conn.execute(select(comment)).one()
    assert (row.text, row.name, row.email) == (text, "Zoë", "zoe@example.org")
    assert row.url == "https://zoe.example"
    assert (row.network, len(row.address_hash)) == ("192.0.2.0/24", 16)
    assert (whole.status, whole.revision, whole.claimed_until) == ("pending", 1, None)


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        # The same words by the same author in the same thread: the button pressed twice.
        ({}, {}, "repeat"),
        # Case and spacing make no other words.
        ({"text": "So it is."}, {"text": "  so IT\n is. "}, "repeat"),
        # From elsewhere it may be anybody who knows the address: no link for them.
        ({}, {"address": "198.51.100.9"}, "duplicate"),
        ({}, {"address": "192.0.2.8"}, "duplicate"),
        # Another author may agree, and the same one may say it elsewhere.
        ({}, {"email": "bob@example.org"}, "pending"),
        ({}, {"thread_url": f"{ARTICLE}/2"}, "pending"),
        # Other words.
        ({"text": "Yes."}, {"text": "No."}, "pending"),
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_the_same_words_are_stored_once(
    database: Database,
    site: Site,
    first: dict[str, str],
    second: dict[str, str],
    answer: str,
    together: bool,
) -> None:
    usual = {"text": "I agree.", "name": "Ada", "email": "ada@example.org"}
    one, two = a_draft(site, **(usual | first)), a_draft(site, **(usual | second))

    if together:
        answers = submit(database, one, two)
    else:
        answers = [*submit(database, one), *submit(database, two)]

    assert answers == ["pending", answer]


def test_what_was_deleted_may_be_said_again(database: Database, site: Site) -> None:
    again = {"text": "I agree.", "name": "Ada", "email": "ada@example.org"}
    with database.write() as conn:
        stored = a_comment(conn, site, **again)
        decide(conn, Status.DELETED, stored.public_id)

    assert submit(database, a_draft(site, **again)) == ["pending"]


def test_a_closed_thread_takes_nothing_and_the_others_of_a_batch_are_stored(
    database: Database, site: Site
) -> None:
    closed = f"{ARTICLE}/closed"
    submit(database, a_draft(site, thread_url=closed))
    with database.write() as conn:
        conn.execute(update(thread).values(is_open=False))

    answers = submit(database, a_draft(site), a_draft(site, thread_url=closed))

    assert answers == ["pending", "thread_closed"]
    assert count(database, comment) == 2


def test_only_a_visible_comment_of_the_same_thread_can_be_answered(
    database: Database, site: Site
) -> None:
    with database.write() as conn:
        visible, held, elsewhere = (
            a_comment(conn, site, thread_url=url).public_id
            for url in (ARTICLE, ARTICLE, f"{ARTICLE}/2")
        )
        decide(conn, Status.APPROVED, visible, elsewhere)
        decide(conn, Status.HELD, held)

    answers = submit(
        database,
        *(a_draft(site, parent=each) for each in (visible, held, elsewhere, "none")),
    )

    assert answers == ["pending", *["parent_unknown"] * 3]
    with database.read() as conn:
        parents = set(conn.execute(select(comment.c.parent_id)).scalars()) - {None}
        assert parents == {row_of(conn, visible).id}


def test_two_sites_with_the_same_page_and_author_share_nothing(
    database: Database, site: Site
) -> None:
    with database.write() as conn:
        other = a_site(conn)
    same = {"text": "I agree.", "name": "Ada", "email": "ada@example.org"}

    answers = submit(database, a_draft(site, **same), a_draft(other, **same))

    assert answers == ["pending", "pending"]
    assert count(database, thread) == 2
    assert count(database, author) == 2


def test_a_new_thread_and_a_new_author_are_made_once_by_many_at_the_same_time(
    database: Database, site: Site
) -> None:
    together = threading.Barrier(8)
    answers: list[str] = []

    def write(number: int) -> None:
        draft = a_draft(site, f"Thought {number}", name="Ada", email="ada@example.org")
        together.wait(20)
        answers.extend(submit(database, draft))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert answers == ["pending"] * 8
    assert count(database, thread) == 1
    assert count(database, author) == 1


def test_the_same_press_again_gets_the_comment_that_is_there(
    database: Database, site: Site
) -> None:
    draft = a_draft(site, "Again")
    with database.write() as conn:
        first, at_once = submit_comments(conn, [draft, draft])
        assert isinstance(first, Stored)
        decide(conn, Status.HELD, first.public_id)
        # Closed since: what is stored is stored.
        conn.execute(update(thread).values(is_open=False))
        (later,) = submit_comments(conn, [draft])

    assert at_once == replace(first, is_repeat=True)
    assert later == Stored(first.public_id, Status.HELD, is_repeat=True)
    assert count(database, comment) == 1


def test_the_same_words_a_day_later_or_to_somebody_else_are_no_second_press(
    database: Database, site: Site
) -> None:
    with database.write() as conn:
        one, two = (a_comment(conn, site).public_id for _ in range(2))
        decide(conn, Status.APPROVED, one, two)
    draft = a_draft(site, "Thank you!", parent=one)
    submit(database, draft)
    to_another = replace(draft, submission=replace(draft.submission, parent=two))
    tomorrow = replace(draft, received_at=draft.received_at + timedelta(hours=25))

    assert submit(database, draft, to_another, tomorrow) == [
        "repeat",
        "duplicate",
        "duplicate",
    ]
    with database.write() as conn:
        decide(conn, Status.REJECTED, one)
    assert submit(database, draft) == ["repeat"]


def test_a_refusal_says_which_field(database: Database, site: Site) -> None:
    draft = a_draft(site, "Again")
    elsewhere = replace(draft, address_hash=b"another network")
    with database.write() as conn:
        _, answer = submit_comments(conn, [draft, elsewhere])

    assert isinstance(answer, Refused)
    assert (answer.code, answer.field) == ("duplicate", "text")
