"""No row and no site keeps the comments of others from being decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select, text, update

from moderation.comments import pending
from moderation.enums import Mode
from moderation.policy import fallback
from moderation.policy.evaluate import choose
from moderation.schema.audit import decision
from moderation.schema.comments import revision
from moderation.schema.sites import site
from moderation.sites import settings_changes
from moderation.sites import site as sites
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, ORIGIN, a_comment, a_site
from tests.moderation.rows import decisions_of, row_of
from workers.runtime import Runtime
from workers.score import drain

OPEN = SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED)
TOO_LARGE = [rf"/\pL{{1,9}}x{n}\pL{{1,9}}/" for n in range(400)]


@pytest.fixture
def other(database: Database) -> Site:
    """A site on which nothing is wrong."""
    with database.write() as conn:
        return a_site(conn, settings=OPEN)


def decided(conn: Connection, public_id: str) -> tuple[str, str]:
    """Status and rule of a comment."""
    (row,) = decisions_of(conn, public_id)
    return row_of(conn, public_id).status, row.rule


def store(conn: Connection, key: str, document: object) -> None:
    """Write the settings of a site as another version or a hand would."""
    conn.execute(update(site).where(site.c.key == key).values(settings=document))


def test_eight_plain_words_stop_nobody(
    runtime: Runtime, database: Database, other: Site
) -> None:
    words = ["viagra", "casino", "bitcoin", "giveaway"]
    words += ["loan", "crypto", "replica", "rolex"]
    with database.write() as conn:
        strict = a_site(
            conn, settings=OPEN.model_copy(update={"suspect_words": tuple(words)})
        )
        mine = a_comment(conn, strict, "My new Rolex").public_id
        theirs = a_comment(conn, other).public_id

    assert drain(runtime) == 2

    with database.read() as conn:
        assert decided(conn, mine) == ("held", "suspect_word")
        assert decided(conn, theirs) == ("approved", "unobjectionable")


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ({"mode": "publish_unless_flagged", "a_setting_of_tomorrow": 1}, ""),
        ({"mode": "publish_unless_flagged", "form_title": 7}, ""),
        ({"mode": "hold_the_line"}, fallback.UNREADABLE),
        ({"thresholds": {"WIT": {"hold_at": 1, "reject_at": 1}}}, fallback.UNREADABLE),
        ({"blocked_words": TOO_LARGE}, fallback.FAULT),
        ([], fallback.UNREADABLE),
        ("no document", fallback.UNREADABLE),
    ],
)
def test_settings_that_cannot_be_read_hold_what_is_theirs_and_nothing_else(
    runtime: Runtime,
    database: Database,
    client: FlaskClient,
    other: Site,
    document: object,
    rule: str,
) -> None:
    with database.write() as conn:
        a_site(conn, key="news")
        store(conn, "news", document)
        theirs = a_comment(conn, other).public_id
    answer = client.post(
        "/api/v1/sites/news/comments",
        json={
            "thread": {"url": ARTICLE},
            "author": {"name": "Robin"},
            "text": "A word about the harbour.",
        },
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code == 202
    assert drain(runtime) == 2
    with database.read() as conn:
        mine = answer.json["id"]  # type: ignore[index]
        status = "held" if rule else "approved"
        assert decided(conn, mine) == (status, rule or "unobjectionable")
        assert decided(conn, theirs) == ("approved", "unobjectionable")


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize("column", ["settings", "origins"])
def test_a_damaged_site_stops_nobody_and_its_door_gives_an_answer(
    runtime: Runtime, database: Database, client: FlaskClient, other: Site, column: str
) -> None:
    with database.write() as conn:
        damaged = a_site(conn, key="news")
        mine = a_comment(conn, damaged).public_id
        theirs = a_comment(conn, other).public_id
        conn.execute(text(f"UPDATE site SET {column} = '{{damaged' WHERE key = 'news'"))
    answer = client.post(
        "/api/v1/sites/news/comments",
        json={"thread": {"url": ARTICLE}, "author": {"name": "R"}, "text": "Hello"},
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code in (202, 403)
    drain(runtime)
    with database.read() as conn:
        assert row_of(conn, mine).status == "held"
        assert decided(conn, theirs) == ("approved", "unobjectionable")


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_damaged_text_stops_nobody(
    runtime: Runtime, database: Database, other: Site
) -> None:
    with database.write() as conn:
        mine = a_comment(conn, other).public_id
        theirs = a_comment(conn, other).public_id
        conn.execute(
            update(revision)
            .where(revision.c.comment_id == row_of(conn, mine).id)
            .values(text=text("CAST(x'48ff49' AS TEXT)"))
        )

    assert drain(runtime) == 2

    with database.read() as conn:
        assert decided(conn, theirs) == ("approved", "unobjectionable")


@contextmanager
def refused(database: Database, table: str, comment_id: int) -> Iterator[None]:
    """The store takes no row of a table about one comment."""
    on_sqlite = [
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table}"
        f" WHEN NEW.comment_id = {comment_id}"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END"
    ]
    on_postgresql = [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RAISE EXCEPTION ''refused''; END'",
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW"
        f" WHEN (NEW.comment_id = {comment_id}) EXECUTE FUNCTION refuse()",
    ]
    with database.write() as conn:
        for each in on_sqlite if database.is_sqlite else on_postgresql:
            conn.exec_driver_sql(each)
    try:
        yield
    finally:
        with database.write() as conn:
            if database.is_sqlite:
                conn.exec_driver_sql("DROP TRIGGER refuse")
            else:
                conn.exec_driver_sql("DROP FUNCTION refuse CASCADE")


def test_a_comment_that_cannot_be_written_with_its_scores_is_held_without(
    runtime: Runtime, database: Database, other: Site
) -> None:
    with database.write() as conn:
        ids = [a_comment(conn, other).public_id for _ in range(3)]
        key = row_of(conn, ids[1]).id

    with refused(database, "scoring", key):
        assert drain(runtime) == 3

    with database.read() as conn:
        assert decided(conn, ids[1]) == ("held", fallback.FAULT)
        assert {decided(conn, each)[0] for each in (ids[0], ids[2])} == {"approved"}


def test_a_comment_about_which_nothing_can_be_written_stays_pending_alone(
    runtime: Runtime, database: Database, other: Site
) -> None:
    with database.write() as conn:
        ids = [a_comment(conn, other).public_id for _ in range(3)]
        key = row_of(conn, ids[1]).id

    with refused(database, "decision", key):
        assert drain(runtime) == 2

    with database.read() as conn:
        assert [row_of(conn, each).status for each in ids] == [
            "approved",
            "pending",
            "approved",
        ]
        decisions = conn.execute(select(func.count()).select_from(decision)).scalar()
    assert decisions == 2


def test_a_score_that_is_no_number_publishes_nothing(
    runtime: Runtime, database: Database, other: Site
) -> None:
    with database.write() as conn:
        mine = a_comment(conn, other, "beyondnumbers and more").public_id
        theirs = a_comment(conn, other).public_id

    assert drain(runtime) == 2

    with database.read() as conn:
        assert decided(conn, mine) == ("held", "unscored")
        assert decided(conn, theirs) == ("approved", "unobjectionable")


def test_a_site_whose_lists_take_too_long_costs_the_others_no_time(
    database: Database, other: Site, now: datetime
) -> None:
    with database.write() as conn:
        slow = a_site(conn, settings=OPEN)
        keys = [
            row_of(conn, a_comment(conn, of).public_id).id for of in (slow, slow, other)
        ]
    with database.read() as conn:
        batch = [(each, {}) for each in pending.load(conn, keys, now)]
        choices = choose(conn, batch, defaults={}, model_version="fixed-1", budget_ns=0)

    assert [each.rule for each in choices] == [
        "unobjectionable",
        fallback.FAULT,
        "unobjectionable",
    ]


def test_what_another_version_has_stored_outlives_a_change(
    database: Database, other: Site, now: datetime
) -> None:
    document = {"mode": "hold_the_line", "links_allowed": 3, "a_setting_of_tomorrow": 1}
    with database.write() as conn:
        store(conn, other.key, document)
        before = sites.locked(conn, other.id)
        wanted = before.settings.model_copy(update={"links_allowed": 5})
        settings_changes.change_settings(
            conn, before, wanted, actor="somebody", now=now
        )
        kept = conn.execute(
            select(site.c.settings).where(site.c.id == other.id)
        ).scalar_one()
        after = sites.locked(conn, other.id)

    assert before.unreadable == ("mode",)
    # What was shown in its place was saved, and nothing is unreadable any more.
    assert (after.settings, after.unreadable) == (wanted, ())
    assert kept["a_setting_of_tomorrow"] == 1
