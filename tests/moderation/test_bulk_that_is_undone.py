"""An act on many that is taken back while it runs stops, and stays taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from moderation.actions import bulk
from moderation.actions.bulk import BulkDecision, BulkResult, SeenComment
from moderation.actions.decide import DecisionRequest, decide
from moderation.enums import Reason, SkipReason, Status
from moderation.errors import StaleDecision
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.moderation.rows import decisions_of, lane, row_of
from tests.moderation.settled import Desk


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)


def test_the_next_chunk_of_an_act_that_was_undone_changes_nothing(desk: Desk) -> None:
    first, second = (desk.comment(Status.HELD) for _ in "ab")
    order, outcome = BulkDecision(Status.REJECTED, Reason.SPAM), BulkResult()

    def go_on(public_id: str) -> None:
        seen = [SeenComment(public_id, 1, Status.HELD)]
        with desk.database.write() as conn:
            now = datetime.now(UTC)
            bulk.apply(conn, desk.acting(), order, seen, now, outcome)

    go_on(first)
    assert outcome.opened is not None
    desk.undo(outcome.opened.public_id)
    go_on(second)

    assert outcome.done == 1
    (missed,) = outcome.missed
    assert (missed.comment_id, missed.why) == (second, SkipReason.DECIDED)
    with desk.database.read() as conn:
        assert row_of(conn, second).status == Status.HELD
        assert len(decisions_of(conn, second)) == 1
        assert lane(conn, desk.site.id) == (2, 2)


def test_who_decides_what_nobody_decided_yet_is_told_that_it_waits(desk: Desk) -> None:
    public_id = desk.comment(None)
    ruling = DecisionRequest(public_id, 1, Status.HELD, Status.APPROVED)

    with pytest.raises(StaleDecision) as stale:
        decide(desk.database, desk.acting(), ruling, datetime.now(UTC))

    assert (stale.value.status, stale.value.actor) == (Status.PENDING, "author")
