"""The one writer of a comment's status, and all that moves with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from moderation.audit.journal import Entry
from moderation.decisions.apply import apply
from moderation.enums import Act, Reason, Status
from moderation.schema.audit import journal
from moderation.schema.comments import comment
from moderation.schema.review import reviewable
from moderation.storage.database import Database
from tests.factories import a_comment, a_site
from tests.moderation.rows import (
    choice_for,
    decide,
    decisions_of,
    lane,
    record_of,
    row_of,
    version_of,
)

PENDING, APPROVED = Status.PENDING, Status.APPROVED
HELD, REJECTED, DELETED = Status.HELD, Status.REJECTED, Status.DELETED


def test_a_decision_says_who_when_why_and_from_where_to_where(
    database: Database, now: datetime
) -> None:
    with database.write() as conn:
        stored = a_comment(conn, a_site(conn))
        choice = choice_for(
            conn,
            stored.public_id,
            REJECTED,
            rule="over_reject_threshold",
            reason=Reason.SPAM,
            hits=({"rule": "wave", "times": 4},),
            model_version="spam-7",
        )
        apply(conn, Entry(Act.SCORE, "policy:1", now), [choice])

        (row,) = decisions_of(conn, stored.public_id)
        assert row_of(conn, stored.public_id).status == REJECTED

    assert (row.actor, row.created_at) == ("policy:1", now)
    assert (row.from_status, row.to_status) == (PENDING, REJECTED)
    assert (row.reason, row.rule) == (Reason.SPAM, "over_reject_threshold")
    assert (row.model_version, row.revision) == ("spam-7", 1)
    assert row.facts == {"hits": [{"rule": "wave", "times": 4}]}


@pytest.mark.parametrize(
    ("path", "waiting", "record", "moves"),
    [
        # The machine's first decision.
        ([APPROVED], 0, (1, 0), 1),
        ([HELD], 1, (0, 0), 0),
        ([REJECTED], 0, (0, 1), 0),
        # A moderator after the machine.
        ([HELD, APPROVED], 0, (1, 0), 1),
        ([HELD, REJECTED], 0, (0, 1), 0),
        # Something visible disappears.
        ([APPROVED, REJECTED], 0, (0, 1), 2),
        ([APPROVED, DELETED], 0, (0, 0), 2),
        ([APPROVED, HELD], 1, (0, 0), 2),
        # There and back again.
        ([HELD, REJECTED, HELD], 1, (0, 0), 0),
        ([HELD, APPROVED, HELD, REJECTED], 0, (0, 1), 2),
        # Nothing visible changes.
        ([REJECTED, DELETED], 0, (0, 0), 0),
    ],
)
def test_counts_records_and_versions_follow_the_status(
    database: Database,
    path: list[Status],
    waiting: int,
    record: tuple[int, int],
    moves: int,
) -> None:
    with database.write() as conn:
        site = a_site(conn)
        stored = a_comment(conn, site)
        before = version_of(conn, stored.public_id)
        for status in path:
            assert decide(conn, status, stored.public_id).missed == ()

        assert lane(conn, site.id) == (waiting, waiting)
        assert record_of(conn, stored.public_id) == record
        assert version_of(conn, stored.public_id) == before + moves
        assert len(decisions_of(conn, stored.public_id)) == len(path)


def test_many_decisions_at_once_are_one_entry_and_move_a_thread_once(
    database: Database,
) -> None:
    with database.write() as conn:
        site = a_site(conn)
        known = [a_comment(conn, site, name="Ada", email="ada@example.org")]
        known += [
            a_comment(conn, site, name="Ada", email="ada@example.org") for _ in "ab"
        ]
        ids = [each.public_id for each in known]
        held = a_comment(conn, site).public_id
        applied = apply(
            conn,
            Entry(Act.SCORE, "policy:1", datetime.now(UTC)),
            [choice_for(conn, each, APPROVED) for each in ids]
            + [choice_for(conn, held, HELD)],
        )

        assert len(applied.done) == 4
        assert conn.execute(select(func.count()).select_from(journal)).scalar() == 1
        assert version_of(conn, ids[0]) == 1
        assert record_of(conn, ids[0]) == (3, 0)
        assert lane(conn, site.id) == (1, 1)


@pytest.mark.parametrize(
    "outdated",
    [
        # Somebody decided meanwhile.
        {"from_status": HELD},
        # The author wrote something else meanwhile.
        {"revision": 2},
    ],
)
def test_what_is_no_longer_as_it_was_is_left_alone(
    database: Database, now: datetime, outdated: dict[str, object]
) -> None:
    with database.write() as conn:
        site = a_site(conn)
        late, timely = (a_comment(conn, site).public_id for _ in "ab")
        applied = apply(
            conn,
            Entry(Act.SCORE, "policy:1", now),
            [
                choice_for(conn, late, HELD, **outdated),
                choice_for(conn, timely, HELD),
            ],
        )

        assert [choice.comment_id for choice in applied.missed] == [
            row_of(conn, late).id
        ]
        assert row_of(conn, late).status == PENDING
        assert decisions_of(conn, late) == []
        assert row_of(conn, timely).status == HELD
        assert lane(conn, site.id) == (1, 1)


def test_where_nothing_was_done_nothing_is_written(
    database: Database, now: datetime
) -> None:
    with database.write() as conn:
        stored = a_comment(conn, a_site(conn))
        choice = choice_for(conn, stored.public_id, HELD, from_status=REJECTED)

        applied = apply(conn, Entry(Act.SCORE, "policy:1", now), [choice])

        assert (applied.done, applied.missed) == ((), (choice,))
        assert conn.execute(select(func.count()).select_from(journal)).scalar() == 0


def test_a_decision_ends_the_lease(database: Database, now: datetime) -> None:
    with database.write() as conn:
        stored = a_comment(conn, a_site(conn))
        conn.execute(update(comment).values(claimed_until=now))

        decide(conn, HELD, stored.public_id)

        assert row_of(conn, stored.public_id).claimed_until is None


def test_what_is_held_again_waits_anew_in_the_same_place_of_the_table(
    database: Database,
) -> None:
    with database.write() as conn:
        stored = a_comment(conn, a_site(conn))
        for status in (HELD, APPROVED, HELD):
            decide(conn, status, stored.public_id)

        (row,) = conn.execute(select(reviewable)).all()

    assert row.resolved_at is None
    assert row.version == 3
