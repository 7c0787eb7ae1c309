"""Some of what one moderator decided is judged by another who is not told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from moderation.actions.bulk import BulkDecision, SeenComment
from moderation.actions.bulk import decide as decide_many
from moderation.audit import statistics
from moderation.enums import Kind, Role, Status
from moderation.review import reviewables
from moderation.schema.review import lane_count
from moderation.schema.sites import site as sites
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator, a_site
from tests.moderation.rows import row_of
from tests.moderation.settled import Desk

ALL = SiteSettings(second_look_share=1)


@pytest.fixture
def desk(database: Database) -> Desk:
    """A site where every single decision is looked at a second time."""
    with database.write() as conn:
        site = a_site(conn, settings=ALL)
    return Desk(database, site)


@pytest.fixture
def waiting(database: Database) -> Callable[[Desk], int]:
    """How many spot checks the maintained counter of a desk says there are."""

    def count(desk: Desk) -> int:
        found = select(lane_count.c.waiting).where(
            lane_count.c.site_id == desk.site.id,
            lane_count.c.kind == Kind.SPOT_CHECK.value,
        )
        with database.read() as conn:
            return conn.execute(found).scalar() or 0

    return count


def looks(desk: Desk, number: int) -> tuple[int, int]:
    """A moderator's second looks and how many of them agreed."""
    with desk.database.read() as conn:
        found = statistics.of_moderator(
            conn, desk.acting(number).actor, [desk.site.id], datetime.now(UTC)
        )
    return found.second_looks, found.agreed


@pytest.mark.parametrize("to", [Status.APPROVED, Status.REJECTED])
def test_what_one_decided_waits_for_the_other(desk: Desk, to: Status) -> None:
    public_id = desk.comment(Status.HELD)
    desk.rule(public_id, to)

    assert desk.lane(Kind.SPOT_CHECK, reader=0) == []
    assert desk.lane(Kind.SPOT_CHECK, reader=1) == [public_id]
    assert desk.lane(Kind.HELD) == []


@pytest.mark.parametrize(
    ("second", "agreed"), [(Status.APPROVED, 1), (Status.REJECTED, 0)]
)
def test_the_second_look_counts_for_the_first_and_ends_it(
    desk: Desk, waiting: Callable[[Desk], int], second: Status, agreed: int
) -> None:
    public_id = desk.comment(Status.HELD)
    desk.rule(public_id, Status.APPROVED)
    assert looks(desk, 0) == (0, 0)
    assert waiting(desk) == 1

    act = desk.rule(public_id, second, by=1)

    assert looks(desk, 0) == (1, agreed)
    assert looks(desk, 1) == (0, 0)
    assert (desk.lane(Kind.SPOT_CHECK), waiting(desk)) == ([], 0)

    desk.undo(act, by=1)
    assert looks(desk, 0) == (0, 0)
    assert desk.lane(Kind.SPOT_CHECK, reader=1) == [public_id]
    assert desk.lane(Kind.SPOT_CHECK, reader=0) == []


def test_an_undo_takes_the_second_look_back_and_gives_it_again(
    desk: Desk, waiting: Callable[[Desk], int]
) -> None:
    public_id = desk.comment(Status.HELD)
    act = desk.rule(public_id, Status.APPROVED)

    undone = desk.undo(act)
    assert (desk.lane(Kind.SPOT_CHECK), waiting(desk)) == ([], 0)
    assert desk.lane(Kind.HELD) == [public_id]

    desk.undo(undone)
    assert (desk.lane(Kind.SPOT_CHECK, reader=1), waiting(desk)) == ([public_id], 1)
    assert desk.lane(Kind.HELD) == []


def test_undone_one_after_the_other_none_is_left(
    desk: Desk, waiting: Callable[[Desk], int]
) -> None:
    public_id = desk.comment(Status.HELD)
    first = desk.rule(public_id, Status.APPROVED)
    second = desk.rule(public_id, Status.REJECTED, by=1)

    desk.undo(second, by=1)
    desk.undo(first)

    assert (desk.lane(Kind.SPOT_CHECK), waiting(desk)) == ([], 0)
    assert desk.lane(Kind.HELD) == [public_id]


def test_nobody_gets_a_second_look_where_nobody_else_decides(
    database: Database,
) -> None:
    with database.write() as conn:
        site = a_site(conn, settings=ALL)
        a_moderator(conn, site, role=Role.VIEWER)
    alone = Desk(database, site, moderators=1)

    alone.rule(alone.comment(Status.HELD), Status.APPROVED)

    assert alone.lane(Kind.SPOT_CHECK) == []


def test_what_was_asked_for_or_decided_in_bulk_is_not_drawn(desk: Desk) -> None:
    reported = desk.comment(Status.APPROVED)
    desk.report(reported, "a reader")
    desk.rule(reported, Status.REJECTED)
    held = desk.comment(Status.HELD)
    seen = [SeenComment(held, 1, Status.HELD)]
    order = BulkDecision(Status.APPROVED)
    decide_many(desk.database, desk.acting(), order, seen, datetime.now(UTC))

    assert desk.lane(Kind.SPOT_CHECK) == []


def test_a_site_wants_none_unless_its_owner_says_so(
    database: Database, site: Site
) -> None:
    desk = Desk(database, site)

    desk.rule(desk.comment(Status.HELD), Status.APPROVED)

    assert desk.lane(Kind.SPOT_CHECK) == []


def test_about_the_share_that_the_owner_wants_is_drawn(desk: Desk) -> None:
    half = SiteSettings(second_look_share=0.5).model_dump(mode="json")
    with desk.database.write() as conn:
        conn.execute(
            update(sites).where(sites.c.id == desk.site.id).values(settings=half)
        )
    for _ in range(40):
        desk.rule(desk.comment(Status.HELD), Status.APPROVED)

    # Fewer or more than these come once in ten thousand million times.
    assert 1 <= len(desk.lane(Kind.SPOT_CHECK)) <= 39


def test_a_spot_check_of_the_machine_is_for_everybody_again_after_an_undo(
    desk: Desk,
) -> None:
    public_id = desk.comment(Status.APPROVED)
    with desk.database.write() as conn:
        row = row_of(conn, public_id)
        check = reviewables.Waiting(row.id, desk.site.id, Kind.SPOT_CHECK, 0, 0)
        reviewables.open_for(conn, [check], datetime.now(UTC))

    act = desk.rule(public_id, Status.REJECTED)
    desk.undo(act)

    assert desk.lane(Kind.SPOT_CHECK, reader=0) == [public_id]
    assert desk.lane(Kind.SPOT_CHECK, reader=1) == [public_id]
