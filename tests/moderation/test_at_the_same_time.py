"""Two who change the same thing from what they both saw: nothing of either is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from moderation.actions import authors
from moderation.actions.authors import AuthorAction
from moderation.enums import AuthorFlagAction, Mode, Notice, Status
from moderation.ids import new_key
from moderation.notifications import outbox
from moderation.schema.audit import journal
from moderation.schema.comments import author
from moderation.schema.notifications import notice
from moderation.settings import Settings
from moderation.sites import settings_changes
from moderation.sites import site as sites
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
from tests.moderation.rows import row_of
from tests.moderation.settled import Desk

BERLIN = "Europe/Berlin"


def test_settings_that_two_change_at_once_keep_what_both_wanted(
    database: Database, site: Site, now: datetime
) -> None:
    one = site.settings.model_copy(update={"mode": Mode.HOLD_ALL})
    other = site.settings.model_copy(update={"blocked_words": ("casino",)})

    with database.write() as conn:
        for wanted in (one, other):
            settings_changes.change_settings(
                conn, site, wanted, actor="operator", now=now
            )

    with database.read() as conn:
        found = sites.find(conn, site.key)
    assert found is not None
    assert found.settings.mode is Mode.HOLD_ALL
    assert found.settings.blocked_words == ("casino",)


def test_a_notice_is_handed_over_once(desk: Desk, now: datetime) -> None:
    public_id = desk.comment(Status.APPROVED)
    with desk.database.write() as conn:
        row = {
            "id": new_key(),
            "kind": Notice.APPROVED,
            "comment_id": row_of(conn, public_id).id,
            "due_at": now,
        }
        conn.execute(notice.insert(), row)

        handed = [outbox.hand_over(conn, row["id"], now) for _ in "ab"]

    assert handed == [True, False]


@pytest.mark.parametrize("store", ["postgresql"])
def test_a_server_in_another_zone_keeps_no_ban_from_being_undone(
    database: Database, site: Site, settings: Settings, now: datetime
) -> None:
    with database.write() as conn:
        name = conn.engine.url.database
        conn.execute(text(f"ALTER DATABASE {name} SET timezone TO '{BERLIN}'"))
    elsewhere = connect(settings.sqlalchemy_url)
    desk = Desk(elsewhere, site)
    desk.comment()
    with elsewhere.read() as conn:
        author_id = conn.execute(select(author.c.public_id)).scalar_one()

    said = AuthorAction(AuthorFlagAction.BAN, until=now + timedelta(days=1))
    done = authors.act_on_author(elsewhere, desk.acting(), author_id, said, now)
    assert done.opened is not None
    desk.undo(done.opened.public_id)

    with elsewhere.read() as conn:
        assert conn.execute(text("SHOW timezone")).scalar() == BERLIN
        assert conn.execute(select(author.c.banned)).scalar_one() is False
        moments = conn.execute(select(journal.c.created_at)).scalars()
        assert {moment.utcoffset() for moment in moments} == {timedelta(0)}
    elsewhere.close()


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)
