"""Nobody takes back what somebody decided later, though it looks as it did before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from moderation.accounts.actor import Actor
from moderation.actions import authors, reversals
from moderation.actions.authors import AuthorAction
from moderation.actions.undo import undo as undo_entry
from moderation.audit import conflicts
from moderation.authors import flags
from moderation.clusters import standing_decisions
from moderation.comments import thread_state
from moderation.enums import AuthorFlagAction
from moderation.errors import NotUndoable
from moderation.schema.comments import author, thread
from moderation.sites import settings_changes
from moderation.sites import site as sites
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment, a_moderator

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Sets one thing to one of two values, or back; the journal entry's id.
Set = Callable[[bool], str]


@pytest.fixture
def who(database: Database, site: Site) -> Actor:
    """An owner of the site, where Jane wrote."""
    with database.write() as conn:
        person = a_moderator(conn, site)
        a_comment(conn, site, "Once.", name="Jane", email="jane@example.org")
    return Actor(person.public_id, [site.id], [site.id])


@pytest.fixture(params=["author", "settings", "thread", "ban"])
def change(
    request: pytest.FixtureRequest, database: Database, site: Site, who: Actor
) -> Set:
    """Each kind of thing that has two values."""
    said = {"actor": who.actor, "now": NOW}

    def an_author(to: bool) -> str:
        with database.write() as conn:
            jane = conn.execute(select(author.c.identity)).scalar_one()
            marks = {"banned": to}
            return flags.flag_author(conn, site, jane, marks, **said).public_id  # type: ignore[arg-type]

    def settings(to: bool) -> str:
        with database.write() as conn:
            now = sites.by_id(conn, [site.id])[site.id]
            wanted = now.settings.model_copy(update={"links_allowed": 5 if to else 7})
            return settings_changes.change_settings(conn, now, wanted, **said).public_id  # type: ignore[arg-type]

    def a_thread(to: bool) -> str:
        with database.write() as conn:
            page = (conn.execute(select(thread.c.identity)).scalar_one(),)
            return thread_state.open_thread(conn, site, page, not to, **said).public_id  # type: ignore[arg-type]

    def a_ban(to: bool) -> str:
        with database.read() as conn:
            jane = conn.execute(select(author.c.public_id)).scalar_one()
        marking = AuthorAction(
            AuthorFlagAction.BAN_DOMAIN if to else AuthorFlagAction.UNBAN_DOMAIN
        )
        opened = authors.act_on_author(database, who, jane, marking, NOW).opened
        assert opened
        return opened.public_id

    kinds = {"author": an_author, "settings": settings, "thread": a_thread}
    return {**kinds, "ban": a_ban}[request.param]


def undo(database: Database, who: Actor, entry: str) -> str:
    return undo_entry(database, who, entry, NOW)


def test_what_was_changed_and_changed_back_is_not_taken_back(
    database: Database, who: Actor, change: Set
) -> None:
    change(True)
    first = change(False)
    change(True)
    last = change(False)

    with pytest.raises(NotUndoable) as refusal:
        undo(database, who, first)

    assert str(refusal.value) == "changed_later"
    undo(database, who, last)


def test_a_change_that_was_taken_back_stands_in_nobodys_way(
    database: Database, who: Actor, change: Set
) -> None:
    first = change(True)
    second = change(False)
    undo(database, who, undo(database, who, undo(database, who, second)))

    back = undo(database, who, first)

    # And what was taken back can be put forth again, and taken back again.
    undo(database, who, undo(database, who, back))


def test_an_undo_that_was_undone_is_a_change_that_stands(
    database: Database, who: Actor, change: Set
) -> None:
    first = change(True)
    second = change(False)
    undo(database, who, undo(database, who, second))

    with pytest.raises(NotUndoable):
        undo(database, who, first)


def test_another_thing_of_the_same_author_stands_in_nobodys_way(
    database: Database, site: Site, who: Actor
) -> None:
    with database.write() as conn:
        jane = conn.execute(select(author.c.identity)).scalar_one()
        entries = [
            flags.flag_author(conn, site, jane, marks, actor=who.actor, now=NOW)
            for marks in ({"banned": True}, {"trusted": True})
        ]

    undo(database, who, entries[0].public_id)


def test_every_effect_that_can_be_reversed_says_what_it_is_of() -> None:
    assert set(conflicts.NAMED_BY) == set(reversals.REVERSALS) - {
        standing_decisions.SPREAD
    }
