"""An undo of an undo brings back what was before it, and judges nothing by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from moderation.enums import Kind, Outcome, Status
from moderation.feedback import appeals, reports
from moderation.feedback.appeals import Appeal
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.moderation.rows import lane, row_of
from tests.moderation.settled import Desk


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)


def appeal(desk: Desk, public_id: str) -> None:
    with desk.database.write() as conn:
        appeals.submit(conn, public_id, "Why?", datetime.now(UTC))


def appealed(desk: Desk, public_id: str) -> Appeal:
    with desk.database.read() as conn:
        found = appeals.find(conn, public_id)
    assert found is not None
    return found


def agreements(desk: Desk, public_id: str) -> list[bool | None]:
    with desk.database.read() as conn:
        row_id = row_of(conn, public_id).id
        return [each.agreed for each in reports.of(conn, [row_id])[row_id]]


def check_counts(desk: Desk) -> None:
    with desk.database.read() as conn:
        kept, counted = lane(conn, desk.site.id)
    assert kept == counted


def test_who_rejected_does_not_uphold_it_by_two_undos(desk: Desk) -> None:
    public_id = desk.comment(Status.HELD)
    rejection = desk.rule(public_id, Status.REJECTED)
    appeal(desk, public_id)

    desk.undo(desk.undo(rejection))

    assert appealed(desk, public_id).outcome is None
    assert desk.lane(Kind.APPEALED, reader=1) == [public_id]
    check_counts(desk)


def test_a_report_that_nobody_answered_outlives_two_undos(desk: Desk) -> None:
    public_id = desk.comment(Status.HELD)
    approval = desk.rule(public_id, Status.APPROVED)
    desk.report(public_id, "a reader")

    desk.undo(desk.undo(approval))

    assert agreements(desk, public_id) == [None]
    assert desk.lane(Kind.REPORTED) == [public_id]
    check_counts(desk)


def test_a_report_between_two_undos_keeps_its_card(desk: Desk) -> None:
    public_id = desk.comment(Status.APPROVED)
    desk.report(public_id, "a reader")
    rejection = desk.rule(public_id, Status.REJECTED)
    undone = desk.undo(rejection)
    assert desk.lane(Kind.REPORTED) == [public_id]
    desk.report(public_id, "another reader")

    desk.undo(undone)

    assert agreements(desk, public_id) == [True, None]
    assert desk.lane(Kind.REPORTED) == [public_id]
    check_counts(desk)


def test_what_was_settled_is_settled_again_however_often_it_is_taken_back(
    desk: Desk,
) -> None:
    public_id = desk.comment(Status.APPROVED)
    desk.report(public_id, "a reader")
    last = desk.rule(public_id, Status.REJECTED)

    for agreed, waiting in ((None, [public_id]), (True, [])) * 2:
        last = desk.undo(last)

        assert agreements(desk, public_id) == [agreed]
        assert desk.lane(Kind.REPORTED) == waiting
        check_counts(desk)


def test_the_answer_to_an_appeal_survives_two_undos(desk: Desk) -> None:
    public_id = desk.comment(Status.REJECTED)
    appeal(desk, public_id)
    judgement = desk.rule(public_id, Status.APPROVED, answer="You are right.")

    undone = desk.undo(judgement)
    waiting = appealed(desk, public_id)
    desk.undo(undone)

    assert (waiting.outcome, waiting.answer) == (None, "")
    judged = appealed(desk, public_id)
    assert (judged.outcome, judged.answer) == (Outcome.OVERTURNED, "You are right.")
    assert desk.lane(Kind.APPEALED) == []
    check_counts(desk)
