"""Soft claims: a lease on the card that somebody looks at, on both stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from moderation.accounts.moderators import Moderator
from moderation.enums import Status
from moderation.review import claims, lanes, overview
from moderation.review.lanes import Lane, Reader
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment, a_moderator, a_site
from tests.moderation.rows import decide, row_of


@dataclass(frozen=True)
class Room:
    """Two moderators of one site, and three comments that wait."""

    database: Database
    site: Site
    ana: Moderator
    ben: Moderator
    waiting: list[str]

    def take(self, who: Moderator, now: datetime, *which: int) -> dict[str, str]:
        with self.database.write() as conn:
            ids = [self.waiting[each] for each in which]
            return claims.take(conn, who.id, [self.site.id], ids, now)

    def listed(self, who: Moderator, now: datetime) -> list[int]:
        """Which of the comments the lane shows to somebody."""
        with self.database.read() as conn:
            lane, reader = Lane([self.site.id]), Reader(who.id, now)
            found = lanes.page(conn, lane, reader=reader, limit=10)
            ids = [row_of(conn, each).id for each in self.waiting]
        return [ids.index(each) for each in found]

    def version(self) -> int:
        with self.database.read() as conn:
            return lanes.version(conn, [self.site.id])


@pytest.fixture
def room(database: Database) -> Room:
    """Nobody has looked at anything yet."""
    with database.write() as conn:
        site = a_site(conn)
        people = [a_moderator(conn, site) for _ in range(2)]
        waiting = [a_comment(conn, site).public_id for _ in range(3)]
        decide(conn, Status.HELD, *waiting)
    return Room(database, site, people[0], people[1], waiting)


def test_what_one_looks_at_is_left_out_for_others(room: Room, now: datetime) -> None:
    assert room.take(room.ana, now, 0) == {}

    assert room.listed(room.ana, now) == [0, 1, 2]
    assert room.listed(room.ben, now) == [1, 2]


def test_whoever_comes_second_is_told_who_holds_it(room: Room, now: datetime) -> None:
    room.take(room.ana, now, 0)

    assert room.take(room.ben, now, 0, 1) == {room.waiting[0]: room.ana.name}
    assert room.listed(room.ana, now) == [0, 2]


def test_a_claim_lapses_unless_it_is_renewed(room: Room, now: datetime) -> None:
    later = now + claims.LEASE + timedelta(seconds=1)
    room.take(room.ana, now, 0)
    assert room.listed(room.ben, later) == [0, 1, 2]

    room.take(room.ana, now + timedelta(seconds=100), 0)

    assert room.listed(room.ben, later) == [1, 2]


def test_looking_at_the_next_lets_go_of_the_last(room: Room, now: datetime) -> None:
    room.take(room.ana, now, 0)
    room.take(room.ana, now, 1)

    assert room.listed(room.ben, now) == [0, 2]


def test_leaving_a_page_lets_go_of_its_card_alone(room: Room, now: datetime) -> None:
    room.take(room.ana, now, 0, 1)
    with room.database.write() as conn:
        claims.release(conn, room.ana.id, [room.waiting[0]])
        # Not theirs to let go of.
        claims.release(conn, room.ben.id, [room.waiting[1]])

    assert room.listed(room.ben, now) == [0, 2]


def test_a_comment_of_another_site_cannot_be_held(
    room: Room, database: Database, now: datetime
) -> None:
    with database.write() as conn:
        stranger = a_moderator(conn, elsewhere := a_site(conn))
        claims.take(conn, stranger.id, [elsewhere.id], room.waiting, now)

    assert room.listed(room.ana, now) == [0, 1, 2]


def test_open_desks_learn_of_a_claim_and_of_its_end(room: Room, now: datetime) -> None:
    before = room.version()
    room.take(room.ana, now, 0)
    taken = room.version()
    # A renewal tells nobody anything.
    room.take(room.ana, now + timedelta(seconds=100), 0)
    renewed = room.version()
    room.take(room.ana, now, 1)

    assert before < taken == renewed < room.version()
    with room.database.read() as conn:
        sites = [room.site.id]
        assert claims.running(conn, sites, now) == 1
        assert claims.running(conn, sites, now + claims.LEASE * 2) == 0


def test_there_is_nothing_to_write_as_long_as_the_same_is_held(
    room: Room, now: datetime
) -> None:
    def rests(at: datetime, *which: int) -> bool:
        with room.database.read() as conn:
            ids = [room.waiting[each] for each in which]
            return claims.state_of(conn, room.ana.id, [room.site.id], ids).rests(at)

    assert not rests(now, 0)
    room.take(room.ana, now, 0)
    assert rests(now, 0)
    # Others are wanted, one is not wanted any more, or it runs out soon.
    assert not rests(now, 1)
    assert not rests(now)
    assert not rests(now + claims.LEASE, 0)


def test_who_is_at_work_is_known_by_name(room: Room, now: datetime) -> None:
    room.take(room.ana, now, 0)
    sites = [room.site.id]
    with room.database.read() as conn:
        assert overview.read(conn, room.ben, sites, now).present == [room.ana.name]
        assert overview.read(conn, room.ana, sites, now).present == []
        assert overview.read(conn, room.ben, [], now).present == []


def test_what_is_decided_is_held_by_nobody(
    room: Room, now: datetime, decided: Callable[[str], None]
) -> None:
    room.take(room.ana, now, 0)
    decided(room.waiting[0])

    with room.database.read() as conn:
        assert claims.running(conn, [room.site.id], now) == 0


@pytest.fixture
def decided(database: Database) -> Callable[[str], None]:
    """Approves a comment."""

    def approve(public_id: str) -> None:
        with database.write() as conn:
            decide(conn, Status.APPROVED, public_id)

    return approve
