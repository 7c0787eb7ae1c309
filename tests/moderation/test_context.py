"""The comments around one in its thread."""

from __future__ import annotations

import pytest

from moderation.enums import Status
from moderation.errors import NotFound
from moderation.review import context
from moderation.storage.database import Database
from tests.factories import a_comment, a_site
from tests.moderation.rows import decide


def test_it_shows_what_readers_see_and_what_waits_on_both_sides(
    database: Database,
) -> None:
    with database.write() as conn:
        site = a_site(conn)
        ids = [a_comment(conn, site, name=f"Reader {n}").public_id for n in range(9)]
        decide(conn, Status.APPROVED, *ids[:6])
        decide(conn, Status.HELD, ids[6])
        decide(conn, Status.REJECTED, ids[7])
        elsewhere = "https://news.example.org/other"
        decide(
            conn, Status.APPROVED, a_comment(conn, site, thread_url=elsewhere).public_id
        )

    with database.read() as conn:
        found = context.around(conn, ids[4], span=2)
        of_rejected = context.around(conn, ids[7], span=1)

    assert [each.name for each in found] == [f"Reader {n}" for n in (2, 3, 4, 5, 6)]
    assert [each.is_it for each in found] == [False, False, True, False, False]
    assert found[-1].status is Status.HELD
    assert [each.name for each in of_rejected] == ["Reader 6", "Reader 7"]


def test_a_comment_that_is_not_there_has_no_context(database: Database) -> None:
    with database.read() as conn, pytest.raises(NotFound):
        context.around(conn, "nothing")
