"""Authors are trusted, banned and swept: here or everywhere, for a while or for good."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, update

from moderation.authors import flags
from moderation.comments.draft import Stored
from moderation.enums import Act, Status
from moderation.ids import key_at, made_at
from moderation.schema.audit import journal
from moderation.schema.comments import author, comment, revision
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import CAREFUL, a_moderator, a_site
from tests.moderation.rows import row_of
from tests.web.marking import JANE, mark, marks_of, page_of, statuses, undo
from tests.web.person import Person

Hold = Callable[..., Stored]


def test_who_is_trusted_is_published_and_who_is_banned_rejected(
    hold: Hold, person: Person, database: Database
) -> None:
    page = page_of(database, hold(**JANE).public_id)

    mark(person, page, mark="trust")
    assert statuses(database, hold(**JANE)) == ["approved"]
    mark(person, page, mark="ban")
    banned = hold(**JANE)
    assert statuses(database, banned) == ["rejected"]
    assert marks_of(database, banned.public_id) == (False, True, None)
    mark(person, page, mark="unban")
    assert statuses(database, hold(**JANE)) == ["approved"]


def test_a_ban_ends_when_it_was_to_end(
    hold: Hold, person: Person, database: Database
) -> None:
    first = hold(**JANE)
    page = page_of(database, first.public_id)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()

    mark(person, page, mark="ban", until=tomorrow.isoformat())

    _, banned, until = marks_of(database, first.public_id)
    assert banned
    assert until.date() == tomorrow + timedelta(days=1)
    assert "banned until" in person.read(page)
    assert statuses(database, hold(**JANE)) == ["rejected"]
    with database.write() as conn:
        conn.execute(
            update(author)
            .where(author.c.banned)
            .values(banned_until=datetime.now(UTC) - timedelta(seconds=1))
        )
    assert statuses(database, hold(**JANE)) == ["held"]
    assert "banned" not in person.read(page).partition("<main")[2].partition("marks")[0]


def test_a_ban_with_its_sweep_is_one_entry_and_one_undo(
    hold: Hold, person: Person, database: Database
) -> None:
    held, approved = (hold(**JANE) for _ in range(2))
    # Three days ago is not within the last 24 hours.
    old = an_older_one(database, held, timedelta(days=3))
    other = hold()
    person.decide(approved.public_id, "approved")
    page = page_of(database, held.public_id)

    answer = mark(person, page, mark="ban", sweep_hours="24", reason="spam")

    assert answer.status_code == 303
    assert "The author is banned. 2 comments rejected." in person.read(page)
    assert statuses(database, old, held, approved, other) == [
        "held",
        "rejected",
        "rejected",
        "held",
    ]
    with database.read() as conn:
        acts = select(journal.c.act, func.count()).where(journal.c.act == Act.AUTHOR)
        assert tuple(conn.execute(acts.group_by(journal.c.act)).one()) == ("author", 1)
    mark(person, page, mark="untrust")
    undo(person, page)
    latest = re.search(
        r'action="(/review/decided/\w+/undo)"', person.read("/review/decided")
    )
    assert latest
    person.send("/review/decided", latest[1])
    assert statuses(database, old, held, approved, other) == [
        "held",
        "held",
        "approved",
        "held",
    ]
    assert marks_of(database, held.public_id) == (False, False, None)


def test_a_sweep_alone_bans_nobody(
    hold: Hold, person: Person, database: Database
) -> None:
    first, second = hold(**JANE), hold(**JANE)
    page = page_of(database, first.public_id)

    mark(person, page, mark="sweep", sweep_hours="1")

    assert statuses(database, first, second) == ["rejected"] * 2
    assert marks_of(database, first.public_id) == (False, False, None)
    undo(person, page)
    assert statuses(database, first, second) == ["held"] * 2


def test_marks_hold_here_or_everywhere_that_the_moderator_decides(
    hold: Hold,
    someone: Callable[[], Person],
    database: Database,
    site: Site,
) -> None:
    with database.write() as conn:
        second, third = (
            a_site(conn, key=each, settings=CAREFUL) for each in ("second", "third")
        )
        both = a_moderator(conn, site, second)
    here, there, beyond = (hold(**JANE, to=each) for each in (site, second, third))
    person = someone()
    person.sign_in(both)
    page = page_of(database, here.public_id)
    assert "The news of second" in person.read(page)
    assert "The news of third" not in person.read(page)

    mark(person, page, mark="ban", sites="this")
    assert [marks_of(database, each.public_id)[1] for each in (here, there)] == [
        True,
        False,
    ]
    mark(person, page, mark="ban", sites="all", sweep_hours="1")
    assert statuses(database, here, there, beyond) == ["rejected", "rejected", "held"]
    assert not marks_of(database, beyond.public_id)[1]
    undo(person, page)
    assert [marks_of(database, each.public_id)[1] for each in (here, there)] == [
        True,
        False,
    ]
    assert statuses(database, here, there) == ["held", "held"]


def test_an_act_is_not_taken_back_over_what_somebody_changed_since(
    hold: Hold, person: Person, database: Database, site: Site, now: datetime
) -> None:
    first = hold(**JANE)
    page = page_of(database, first.public_id)
    mark(person, page, mark="ban")
    with database.write() as conn:
        identity = conn.execute(
            select(author.c.identity).where(author.c.name == "Jane")
        ).scalar_one()
        flags.flag_author(
            conn, site, identity, {"banned": False}, actor="moderator:x", now=now
        )

    assert undo(person, page).status_code == 409
    assert marks_of(database, first.public_id)[1] is False


def an_older_one(database: Database, like: Stored, by: timedelta) -> Stored:
    """A held comment of the same author from so long before: its key is its time."""
    with database.write() as conn:
        row = row_of(conn, like.public_id)
        older = key_at(made_at(row.id) - by)
        for table, changes in (
            (comment, {"id": older, "public_id": "0" * 32}),
            (revision, {"comment_id": older}),
        ):
            key = comment.c.id if table is comment else revision.c.comment_id
            values = conn.execute(select(table).where(key == row.id)).mappings().one()
            conn.execute(insert(table), {**values, **changes})
    return Stored("0" * 32, Status.HELD)
