"""Acts lock in the order in which the policy's batches do: neither is cut off.

A batch holds the first of two rows, somebody acts and waits for it, and the batch goes on
to the second: whoever acts must not have that one yet.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select, text, update

from moderation.accounts import invitations, memberships
from moderation.accounts.actor import Actor
from moderation.actions import authors, bulk
from moderation.actions.authors import AuthorAction
from moderation.actions.bulk import BulkDecision, SeenComment
from moderation.actions.undo import undo as undo_entry
from moderation.enums import AuthorFlagAction, Kind, Reason, Role, Status
from moderation.errors import NotFound
from moderation.review import claims
from moderation.review.lane_counts import touch
from moderation.schema.accounts import invitation
from moderation.schema.comments import author
from moderation.schema.review import reviewable
from moderation.sites.site import Site
from moderation.storage.bulk import lock_rows
from moderation.storage.database import Database
from tests.conditions import eventually
from tests.factories import a_comment, a_moderator, a_site
from tests.moderation.rows import decide

pytestmark = pytest.mark.parametrize("store", ["postgresql"])
Step = Callable[[Connection], object]


@dataclass
class Crossing:
    """Two sites with a comment of the same author each, and somebody who decides there."""

    database: Database

    def __post_init__(self) -> None:
        with self.database.write() as conn:
            self.sites: list[Site] = sorted(
                (a_site(conn) for _ in "ab"), key=lambda each: each.id
            )
            self.comments = [
                a_comment(conn, each, email="same@example.org").public_id
                for each in self.sites
            ]
            decide(conn, Status.HELD, *self.comments)
            ids = [each.id for each in self.sites]
            self.person = a_moderator(conn, *self.sites, role=Role.OWNER)
            self.who = Actor(self.person.public_id, ids, ids)
            self.authors = conn.execute(
                select(author.c.id, author.c.public_id).order_by(author.c.id)
            ).all()

    def meets(self, first: Step, second: Step, act: Callable[[], object]) -> None:
        """`act`, while somebody else does `first` and then `second`."""
        failures: list[Exception] = []

        def run() -> None:
            try:
                act()
            except Exception as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        with self.database.write() as conn:
            first(conn)
            thread.start()
            eventually(self._somebody_waits, within=20, what="who waits for the first")
            second(conn)
        thread.join()
        assert failures == []

    def _somebody_waits(self) -> bool:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with self.database.read() as conn:
            return bool(conn.execute(waiting).scalar())


@pytest.fixture
def crossing(database: Database) -> Crossing:
    return Crossing(database)


def locking(row: int) -> Step:
    return lambda conn: lock_rows(conn, author, [row])


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("undone", [False, True])
def test_a_ban_on_all_sites_and_a_batch(crossing: Crossing, undone: bool) -> None:
    low, high = crossing.authors
    said = AuthorAction(AuthorFlagAction.BAN, everywhere=True)

    def ban() -> str:
        done = authors.act_on_author(
            crossing.database, crossing.who, high.public_id, said, now()
        )
        assert done.opened is not None
        return done.opened.public_id

    def take_back(entry: str) -> None:
        undo_entry(crossing.database, crossing.who, entry, now())

    entry = ban() if undone else ""
    act = (lambda: take_back(entry)) if undone else ban
    crossing.meets(locking(low.id), locking(high.id), act)


def test_an_undo_on_two_sites_and_a_batch(crossing: Crossing) -> None:
    """It puts one back to the first lane of the second site, and opens one before it."""
    first, second = crossing.sites
    with crossing.database.write() as conn:
        decide(conn, Status.APPROVED, crossing.comments[0])
        checked = update(reviewable).where(reviewable.c.site_id == first.id)
        conn.execute(checked.values(kind=Kind.SPOT_CHECK.value, resolved_at=None))
        touch(conn, [(first.id, Kind.SPOT_CHECK.value)])
    seen = [
        SeenComment(crossing.comments[0], 1, Status.APPROVED),
        SeenComment(crossing.comments[1], 1, Status.HELD),
    ]
    order = BulkDecision(Status.REJECTED, Reason.SPAM)
    done = bulk.decide(crossing.database, crossing.who, order, seen, now())
    assert done.done == 2
    assert done.opened is not None
    entry = done.opened.public_id

    crossing.meets(
        lambda conn: touch(conn, [(first.id, Kind.SPOT_CHECK.value)]),
        lambda conn: touch(conn, [(second.id, Kind.HELD.value)]),
        lambda: undo_entry(crossing.database, crossing.who, entry, now()),
    )


def test_who_withdraws_an_invitation_and_who_accepts_it(crossing: Crossing) -> None:
    here = crossing.sites[0]
    with crossing.database.write() as conn:
        newcomer = a_moderator(conn)
        token = invitations.invite(conn, here, Role.VIEWER, by=None, now=now())
        offered = conn.execute(select(invitation.c.public_id)).scalar_one()

    with crossing.database.write() as joining:
        memberships.role_of(joining, here.id, newcomer.id)
        with crossing.database.write() as leaving:
            # It is enough to be made to wait: it has the invitation, the other the site.
            leaving.execute(text("SET LOCAL lock_timeout = '5s'"))
            actor = crossing.who.actor
            invitations.withdraw(leaving, here, offered, actor=actor, now=now())
        with pytest.raises(NotFound):
            invitations.accept(joining, token, newcomer, now())


def test_who_takes_a_card_a_moment_too_late_is_told(crossing: Crossing) -> None:
    public_id, told = crossing.comments[0], {}
    with crossing.database.write() as conn:
        rival = a_moderator(conn, crossing.sites[0])

    def take(conn: Connection, moderator_id: int) -> dict[str, str]:
        here = [crossing.sites[0].id]
        return claims.take(conn, moderator_id, here, [public_id], now())

    def come_late() -> None:
        with crossing.database.write() as conn:
            told.update(take(conn, crossing.person.id))

    crossing.meets(lambda conn: take(conn, rival.id), lambda _conn: None, come_late)

    assert told == {public_id: rival.name}
