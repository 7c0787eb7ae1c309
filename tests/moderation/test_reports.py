"""Readers complain: what counts how much, what waits where, and who was right."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from moderation import retention
from moderation.comments.edit import edit, worded
from moderation.enums import Kind, Order, ReportReason, Status
from moderation.errors import NotFound, Refused
from moderation.feedback import reports
from moderation.feedback.reports import Report
from moderation.review import lanes
from moderation.review.lanes import Lane
from moderation.schema.feedback import report
from moderation.schema.review import reviewable
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.moderation.rows import decide, lane, row_of
from tests.moderation.settled import Desk


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)


def reported(desk: Desk, public_id: str) -> list[Report]:
    with desk.database.read() as conn:
        row = row_of(conn, public_id)
        return reports.of(conn, [row.id]).get(row.id, [])


def risk(desk: Desk, public_id: str) -> float:
    with desk.database.read() as conn:
        return conn.execute(
            select(reviewable.c.risk).where(
                reviewable.c.comment_id == row_of(conn, public_id).id,
                reviewable.c.kind == Kind.REPORTED,
            )
        ).scalar_one()


def test_a_report_puts_the_comment_into_the_lane_and_more_reports_raise_it(
    desk: Desk,
) -> None:
    one, other = desk.comment(), desk.comment()
    desk.report(other, "reader-1")
    desk.report(one, "reader-1", "He means my neighbour.")
    desk.report(one, "reader-2")

    assert desk.lane(Kind.REPORTED) == [other, one]
    assert (risk(desk, other), risk(desk, one)) == (0.5, 1.0)
    with desk.database.read() as conn:
        riskiest = Lane([desk.site.id], Kind.REPORTED, Order.RISKIEST)
        first = lanes.page(conn, riskiest, limit=1)
        assert first == [row_of(conn, one).id]
        assert lane(conn, desk.site.id) == (2, 2)
    said = [(each.complaint, each.text, each.agreed) for each in reported(desk, one)]
    assert said == [
        (ReportReason.ABUSE, "He means my neighbour.", None),
        (ReportReason.ABUSE, "", None),
    ]


def test_a_reader_reports_a_comment_once(desk: Desk) -> None:
    public_id = desk.comment()
    desk.report(public_id, "reader-1")

    with pytest.raises(Refused, match="reported_already"):
        desk.report(public_id, "reader-1")

    assert len(reported(desk, public_id)) == 1
    assert risk(desk, public_id) == 0.5


@pytest.mark.parametrize("status", [Status.HELD, Status.REJECTED])
def test_only_what_can_be_read_can_be_reported(desk: Desk, status: Status) -> None:
    with pytest.raises(NotFound):
        desk.report(desk.comment(status), "reader-1")


def test_to_reject_is_to_agree_and_to_approve_is_not_to(desk: Desk) -> None:
    bad, fine = desk.comment(), desk.comment()
    for public_id in (bad, fine):
        desk.report(public_id, "reader-1")

    desk.rule(bad, Status.REJECTED)
    desk.rule(fine, Status.APPROVED)

    assert [each.agreed for each in reported(desk, bad)] == [True]
    assert [each.agreed for each in reported(desk, fine)] == [False]
    assert desk.lane(Kind.REPORTED) == []


def test_who_was_mostly_wrong_counts_little_and_who_was_right_counts_much(
    desk: Desk,
) -> None:
    for to, reporter in ((Status.APPROVED, "wrong"), (Status.REJECTED, "right")):
        for _ in range(6):
            public_id = desk.comment()
            desk.report(public_id, reporter)
            desk.rule(public_id, to)

    with desk.database.read() as conn:
        weights = {
            name: reports.weight(conn, desk.site.id, name)
            for name in ("wrong", "right", "new")
        }
    assert weights == {"wrong": 0.2, "right": 0.8, "new": 0.5}


def test_an_undo_opens_the_report_again_and_another_settles_it_again(
    desk: Desk,
) -> None:
    public_id = desk.comment()
    desk.report(public_id, "reader-1")
    journal_id = desk.rule(public_id, Status.REJECTED)

    taken_back = desk.undo(journal_id)
    assert [each.agreed for each in reported(desk, public_id)] == [None]
    assert desk.lane(Kind.REPORTED) == [public_id]

    desk.undo(taken_back)
    assert [each.agreed for each in reported(desk, public_id)] == [True]
    assert desk.lane(Kind.REPORTED) == []


def test_what_was_reported_after_an_act_still_waits_when_the_act_is_undone(
    desk: Desk,
) -> None:
    public_id = desk.comment()
    desk.report(public_id, "reader-1")
    journal_id = desk.rule(public_id, Status.APPROVED)
    desk.report(public_id, "reader-2")

    desk.undo(journal_id)

    assert [each.agreed for each in reported(desk, public_id)] == [None, None]
    assert desk.lane(Kind.REPORTED) == [public_id]
    with desk.database.read() as conn:
        assert lane(conn, desk.site.id) == (1, 1)


def test_an_author_does_not_edit_a_report_away(desk: Desk) -> None:
    public_id = desk.comment()
    desk.report(public_id, "reader-1")

    with desk.database.write() as conn:
        edit(conn, public_id, worded("All nice now."), datetime.now(UTC))
        decide(conn, Status.APPROVED, public_id)

    assert desk.lane(Kind.REPORTED) == [public_id]
    assert [each.agreed for each in reported(desk, public_id)] == [None]


def test_many_readers_at_once_are_counted_each_and_the_comment_once(
    desk: Desk,
) -> None:
    public_id = desk.comment()
    readers = [
        threading.Thread(target=desk.report, args=(public_id, f"reader-{number}"))
        for number in range(8)
    ]
    for each in readers:
        each.start()
    for each in readers:
        each.join()

    assert len(reported(desk, public_id)) == 8
    assert risk(desk, public_id) == 4.0
    with desk.database.read() as conn:
        assert lane(conn, desk.site.id) == (1, 1)


def test_a_reporter_is_forgotten_like_every_address(desk: Desk) -> None:
    public_id = desk.comment()
    for reporter in ("reader-1", "reader-2"):
        desk.report(public_id, reporter)
    desk.rule(public_id, Status.REJECTED)

    later = datetime.now(UTC) + timedelta(days=31)
    retention.forget(desk.database, days=30, now=later)

    with desk.database.read() as conn:
        kept = set(conn.execute(select(report.c.reporter)).scalars())
        assert reports.weight(conn, desk.site.id, "reader-1") == 0.5
    assert len(kept) == 2
    assert not kept & {"reader-1", "reader-2"}
