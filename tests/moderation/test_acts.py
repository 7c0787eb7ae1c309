"""What moderators do: decide on what they saw, and take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.actions.undo import undo as undo_entry
from moderation.audit import history
from moderation.enums import Act, Kind, Reason, Status
from moderation.errors import NotFound, NotUndoable, StaleDecision
from moderation.review import lanes, queue
from moderation.review.cards import Card
from moderation.review.lanes import Lane
from moderation.schema.comments import comment
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment, a_moderator, a_site
from tests.moderation.rows import (
    decide,
    decisions_of,
    lane,
    record_of,
    row_of,
    version_of,
)

APPROVED, HELD, REJECTED = Status.APPROVED, Status.HELD, Status.REJECTED


class Desk:
    """A site with one held comment and two people who may decide on it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as conn:
            self.site: Site = a_site(conn)
            people = [a_moderator(conn, self.site) for _ in "ab"]
            self.comment = a_comment(conn, self.site).public_id
            decide(conn, HELD, self.comment)
            (self.card,) = queue.waiting(conn, Lane([self.site.id]))
        own = [self.site.id]
        self.ada, self.bob = (Actor(each.public_id, own, own) for each in people)
        self.names = [each.name for each in people]
        self.now = datetime.now(UTC)

    def rule(self, who: Actor, to: Status, **wanted: object) -> str:
        """Decide on the card as it was when it was first seen."""
        values: dict[str, object] = {
            "comment_id": self.card.id,
            "revision": self.card.revision,
            "seen": HELD,
            "to": to,
        }
        ruling = DecisionRequest(**(values | wanted))  # type: ignore[arg-type]
        return decide_comments(self.database, who, ruling, self.now)

    def status(self) -> str:
        """Where the comment stands."""
        with self.database.read() as conn:
            return str(row_of(conn, self.comment).status)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_ruling_is_applied_with_name_and_reason(desk: Desk) -> None:
    desk.rule(desk.ada, REJECTED, reason=Reason.HATE)

    with desk.database.read() as conn:
        row = decisions_of(conn, desk.comment)[-1]
        assert queue.waiting(conn, Lane([desk.site.id])) == []
        assert lane(conn, desk.site.id) == (0, 0)
        assert record_of(conn, desk.comment) == (0, 1)
    assert (row.actor, row.to_status, row.reason) == (
        desk.ada.actor,
        REJECTED,
        Reason.HATE,
    )


def test_who_comes_second_is_told_who_was_first_and_what_they_did(desk: Desk) -> None:
    desk.rule(desk.ada, APPROVED)
    desk.now += timedelta(seconds=8)

    with pytest.raises(StaleDecision) as stale:
        desk.rule(desk.bob, REJECTED)

    assert desk.status() == APPROVED
    assert (stale.value.status, stale.value.actor) == (APPROVED, desk.names[0])
    assert stale.value.reason is None
    assert stale.value.seconds_ago == 8


def test_nobody_decides_on_words_that_they_did_not_see(desk: Desk) -> None:
    with desk.database.write() as conn:
        conn.execute(update(comment).values(revision=2))

    with pytest.raises(StaleDecision):
        desk.rule(desk.ada, APPROVED)

    assert desk.status() == HELD


def test_a_stranger_to_the_site_finds_nothing_to_decide(
    desk: Desk, database: Database
) -> None:
    with database.write() as conn:
        elsewhere = Actor("someone", [a_site(conn).id])

    with pytest.raises(NotFound):
        desk.rule(elsewhere, APPROVED)
    with pytest.raises(NotFound):
        desk.rule(desk.ada, APPROVED, comment_id="nothing")

    assert desk.status() == HELD


def test_an_undo_restores_status_place_record_and_thread(desk: Desk) -> None:
    journal_id = desk.rule(desk.ada, APPROVED)
    with desk.database.read() as conn:
        version = version_of(conn, desk.comment)

    undo_entry(desk.database, desk.bob, journal_id, desk.now)

    with desk.database.read() as conn:
        (card,) = queue.waiting(conn, Lane([desk.site.id]))
        assert lane(conn, desk.site.id) == (1, 1)
        assert record_of(conn, desk.comment) == (0, 0)
        assert version_of(conn, desk.comment) == version + 1
        last = decisions_of(conn, desk.comment)[-1]
    assert desk.status() == HELD
    assert (card.id, card.waits) == (desk.card.id, desk.card.waits)
    assert last.actor == desk.bob.actor
    assert last.undoes is not None


def test_nothing_is_undone_twice(desk: Desk) -> None:
    journal_id = desk.rule(desk.ada, APPROVED)
    undo_entry(desk.database, desk.ada, journal_id, desk.now)

    with pytest.raises(NotUndoable, match="undone_already"):
        undo_entry(desk.database, desk.ada, journal_id, desk.now)


def test_what_somebody_decided_since_is_not_undone(desk: Desk) -> None:
    first = desk.rule(desk.ada, APPROVED)
    desk.rule(desk.bob, REJECTED, seen=APPROVED)

    with pytest.raises(NotUndoable, match="decided_later"):
        undo_entry(desk.database, desk.ada, first, desk.now)

    assert desk.status() == REJECTED


def test_what_came_back_to_the_same_status_is_not_undone_either(desk: Desk) -> None:
    first = desk.rule(desk.ada, APPROVED)
    desk.rule(desk.bob, REJECTED, seen=APPROVED)
    desk.rule(desk.bob, APPROVED, seen=REJECTED)

    with pytest.raises(NotUndoable, match="decided_later"):
        undo_entry(desk.database, desk.ada, first, desk.now)

    assert desk.status() == APPROVED


def test_an_undo_can_be_taken_back(desk: Desk) -> None:
    """And that again, and what stood before both."""
    first = desk.rule(desk.ada, APPROVED)
    undone = undo_entry(desk.database, desk.ada, first, desk.now)
    redone = undo_entry(desk.database, desk.ada, undone, desk.now)
    assert desk.status() == APPROVED

    undo_entry(desk.database, desk.ada, redone, desk.now)

    assert desk.status() == HELD


def test_what_an_undone_act_hid_can_be_undone(desk: Desk) -> None:
    """A later decision that was taken back stands in nobody's way."""
    first = desk.rule(desk.ada, APPROVED)
    second = desk.rule(desk.bob, REJECTED, seen=APPROVED)
    undo_entry(desk.database, desk.bob, second, desk.now)

    undo_entry(desk.database, desk.ada, first, desk.now)

    assert desk.status() == HELD


def test_only_owners_take_back_what_others_did(desk: Desk) -> None:
    journal_id = desk.rule(desk.ada, APPROVED)
    moderator = replace(desk.bob, owned=())

    with pytest.raises(NotUndoable, match="not_yours"):
        undo_entry(desk.database, moderator, journal_id, desk.now)
    undo_entry(desk.database, replace(desk.ada, owned=()), journal_id, desk.now)

    assert desk.status() == HELD


def test_strangers_undo_nothing(desk: Desk) -> None:
    journal_id = desk.rule(desk.ada, APPROVED)

    with pytest.raises(NotFound):
        undo_entry(desk.database, Actor("someone", []), journal_id, desk.now)

    assert desk.status() == APPROVED


def test_the_history_names_people_and_what_became_of_it(desk: Desk) -> None:
    journal_id = desk.rule(desk.ada, REJECTED, reason=Reason.SPAM)
    undo_entry(desk.database, desk.bob, journal_id, desk.now)

    with desk.database.read() as conn:
        newest, older = history.latest(conn, [desk.site.id])

    assert (newest.act, newest.actor_name) == (Act.UNDO, desk.names[1])
    assert (older.act, older.actor_name) == (Act.DECIDE, desk.names[0])
    assert (older.to_status, older.reason, older.undone) == (
        REJECTED,
        Reason.SPAM,
        True,
    )
    assert (newest.undone, newest.comments) == (False, 1)


def test_the_queue_is_paged_oldest_first_without_gaps(
    desk: Desk, database: Database
) -> None:
    with database.write() as conn:
        ids = [a_comment(conn, desk.site).public_id for _ in range(5)]
        for each in ids:
            decide(conn, HELD, each)
        elsewhere = a_site(conn)
        decide(conn, HELD, a_comment(conn, elsewhere).public_id)

    seen: list[Card] = []
    with database.read() as conn:
        while page := queue.waiting(
            conn, Lane([desk.site.id]), after=seen[-1].id if seen else "", limit=2
        ):
            seen += page
        counts = lanes.counts(conn, [desk.site.id, elsewhere.id])

    assert [card.id for card in seen] == [desk.comment, *ids]
    assert counts[Kind.HELD] == 7
