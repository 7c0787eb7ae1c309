"""Choices for a cluster that meet: each undo ends its own and leaves the other's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from moderation.accounts.actor import Actor
from moderation.actions import clusters as cluster_actions
from moderation.actions import rerun_policy
from moderation.actions.bulk import BulkDecision
from moderation.actions.undo import undo as undo_entry
from moderation.clusters import clusters
from moderation.comments.edit import edit, worded
from moderation.enums import Mode, Reason, Status
from moderation.errors import NotUndoable
from moderation.schema.audit import journal
from moderation.schema.clusters import cluster
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment, a_moderator, a_site
from tests.moderation.rows import lane, row_of
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain

WAVE = (
    "Buy the finest watches of the whole town at {} today: cheap prices, fast"
    " delivery and only good reviews, so do not wait any longer."
)
SPAM = BulkDecision(Status.REJECTED, Reason.SPAM)


@dataclass
class Wave:
    """Comments that say the same on a site, and two who may decide about them."""

    database: Database
    runtime: Runtime
    site: Site
    people: Sequence[Actor]

    def post(self, text: str = WAVE) -> str:
        with self.database.write() as conn:
            public_id = a_comment(conn, self.site, text.format("a.example")).public_id
        self.work()
        return public_id

    def work(self) -> None:
        drain(self.runtime)
        describe(self.runtime)

    def spread(self, by: int) -> str:
        who = self.people[by]
        with self.database.read() as conn:
            public_id = conn.execute(select(cluster.c.public_id)).scalar_one()
            found = clusters.find(conn, public_id, who.site_ids)
        now = datetime.now(UTC)
        cluster_actions.decide(self.database, who, found, SPAM, now, spread=True)
        with self.database.read() as conn:
            latest = select(journal.c.public_id).order_by(journal.c.id.desc())
            return str(conn.execute(latest.limit(1)).scalar())

    def undo(self, entry: str, by: int) -> str:
        return undo_entry(self.database, self.people[by], entry, datetime.now(UTC))

    def status(self, public_id: str) -> str:
        with self.database.read() as conn:
            return str(row_of(conn, public_id).status)


@pytest.fixture
def wave(database: Database, runtime: Runtime) -> Wave:
    with database.write() as conn:
        site = a_site(conn, settings=SiteSettings(mode=Mode.HOLD_ALL))
        people = [Actor(a_moderator(conn, site).public_id, [site.id]) for _ in "ab"]
    found = Wave(database, runtime, site, people)
    for _ in "ab":
        found.post()
    return found


def test_an_undo_does_not_end_what_somebody_else_began_since(wave: Wave) -> None:
    first = wave.spread(by=0)
    wave.spread(by=1)

    with pytest.raises(NotUndoable):
        wave.undo(first, by=0)

    assert wave.status(wave.post()) == Status.REJECTED


def test_an_undo_puts_back_what_it_had_taken_the_place_of(wave: Wave) -> None:
    first = wave.spread(by=0)
    second = wave.spread(by=1)

    wave.undo(second, by=1)

    assert wave.status(wave.post()) == Status.REJECTED
    # … which can be taken back in turn.
    wave.undo(first, by=0)
    assert wave.status(wave.post()) == Status.HELD


def test_a_choice_spreads_to_words_that_came_with_an_edit(wave: Wave) -> None:
    public_id = wave.post("The harbour is far too small for the ferries of the town.")
    wave.spread(by=0)

    with wave.database.write() as conn:
        words = WAVE.format("b.example")
        edit(conn, public_id, worded(words), datetime.now(UTC))
    wave.work()

    assert wave.status(public_id) == Status.REJECTED


def test_the_rules_see_what_lies_under_other_cards(wave: Wave) -> None:
    now, loose = datetime.now(UTC), SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED)
    site = replace(wave.site, settings=loose)

    with wave.database.write() as conn:
        _, decided = rerun_policy.apply(conn, wave.people[0], site, {}, now)

    assert decided == 2
    with wave.database.read() as conn:
        assert lane(conn, site.id) == (0, 0)
