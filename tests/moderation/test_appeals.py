"""An author contests a rejection, once; somebody else decides what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moderation.actions import bulk
from moderation.actions.bulk import BulkDecision, SeenComment
from moderation.enums import Kind, Outcome, Role, SkipReason, Status
from moderation.errors import NotFound, OwnRejection, Refused
from moderation.feedback import appeals
from moderation.feedback.appeals import Appeal
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator
from tests.moderation.rows import lane, row_of
from tests.moderation.settled import Desk

WORDS = "That was a quotation, not my own words."


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)


@pytest.fixture
def contested(desk: Desk) -> str:
    """A comment that the first moderator rejected and its author appealed."""
    public_id = desk.comment(Status.HELD)
    desk.rule(public_id, Status.REJECTED)
    appeal(desk, public_id)
    return public_id


def appeal(desk: Desk, public_id: str, at: datetime | None = None) -> None:
    with desk.database.write() as conn:
        appeals.submit(conn, public_id, WORDS, at or datetime.now(UTC))


def appealed(desk: Desk, public_id: str) -> Appeal:
    with desk.database.read() as conn:
        row_id = row_of(conn, public_id).id
        found = appeals.of(conn, [row_id])[row_id]
        assert appeals.find(conn, public_id) == found
    return found


def test_an_appeal_goes_to_another_moderator_than_the_one_who_rejected(
    desk: Desk, contested: str
) -> None:
    assert desk.lane(Kind.APPEALED, reader=0) == []
    assert desk.lane(Kind.APPEALED, reader=1) == [contested]
    said = appealed(desk, contested)
    assert (said.text, said.contested, said.outcome) == (
        WORDS,
        desk.acting(0).actor,
        None,
    )
    with desk.database.read() as conn:
        assert lane(conn, desk.site.id) == (1, 1)


def test_by_no_way_does_anybody_judge_their_own_rejection(
    desk: Desk, contested: str
) -> None:
    seen = SeenComment(contested, 1, Status.REJECTED)

    with pytest.raises(OwnRejection):
        desk.rule(contested, Status.APPROVED, by=0)
    outcome = bulk.decide(
        desk.database,
        desk.acting(0),
        BulkDecision(Status.APPROVED),
        [seen],
        datetime.now(UTC),
    )

    assert [each.why for each in outcome.missed] == [SkipReason.OWN_REJECTION]
    assert appealed(desk, contested).outcome is None


def test_where_nobody_else_may_decide_it_comes_back_to_the_same_one(
    database: Database, site: Site
) -> None:
    alone = Desk(database, site, moderators=1)
    with database.write() as conn:
        a_moderator(conn, site, role=Role.VIEWER)
    public_id = alone.comment(Status.HELD)
    alone.rule(public_id, Status.REJECTED)
    appeal(alone, public_id)

    assert alone.lane(Kind.APPEALED, reader=0) == [public_id]


def test_what_the_machine_rejected_is_for_every_moderator(desk: Desk) -> None:
    public_id = desk.comment(Status.REJECTED)
    appeal(desk, public_id)

    assert desk.lane(Kind.APPEALED, reader=0) == [public_id]
    assert desk.lane(Kind.APPEALED, reader=1) == [public_id]


@pytest.mark.parametrize(
    ("to", "outcome"),
    [(Status.APPROVED, Outcome.OVERTURNED), (Status.REJECTED, Outcome.UPHELD)],
)
def test_a_decision_gives_the_appeal_its_outcome_and_an_undo_takes_it_back(
    desk: Desk, contested: str, to: Status, outcome: Outcome
) -> None:
    journal_id = desk.rule(contested, to, by=1, answer="We read it again.")

    settled = appealed(desk, contested)
    assert (settled.outcome, settled.answer) == (outcome, "We read it again.")
    assert desk.lane(Kind.APPEALED) == []

    desk.undo(journal_id, by=1)
    again = appealed(desk, contested)
    assert (again.outcome, again.answer) == (None, "")
    assert desk.lane(Kind.APPEALED, reader=1) == [contested]
    with desk.database.read() as conn:
        assert row_of(conn, contested).status == Status.REJECTED


def test_a_rejection_is_contested_once_whatever_came_of_it(
    desk: Desk, contested: str
) -> None:
    with pytest.raises(Refused, match="appealed_already"):
        appeal(desk, contested)
    desk.rule(contested, Status.APPROVED, by=1)
    desk.rule(contested, Status.REJECTED, by=1)

    with pytest.raises(Refused, match="appealed_already"):
        appeal(desk, contested)


def test_an_appeal_has_its_time(desk: Desk) -> None:
    public_id = desk.comment(Status.HELD)
    desk.rule(public_id, Status.REJECTED)
    end = datetime.now(UTC) + appeals.WINDOW

    with desk.database.read() as conn:
        assert appeals.may_appeal(conn, public_id, end - timedelta(minutes=1))
        assert not appeals.may_appeal(conn, public_id, end + timedelta(minutes=1))
    with pytest.raises(Refused, match="appeal_too_late"):
        appeal(desk, public_id, end + timedelta(minutes=1))


@pytest.mark.parametrize("status", [Status.APPROVED, Status.HELD])
def test_only_a_rejection_can_be_contested(desk: Desk, status: Status) -> None:
    public_id = desk.comment(status)

    with pytest.raises(Refused, match="appeal_needs_rejection"):
        appeal(desk, public_id)
    with pytest.raises(NotFound):
        appeal(desk, "0" * 32)
