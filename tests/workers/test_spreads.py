"""A cluster is decided at once, and the choice spreads for an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from moderation.accounts.actor import Actor
from moderation.actions import clusters as cluster_actions
from moderation.actions.bulk import BulkDecision
from moderation.actions.undo import undo as undo_entry
from moderation.clusters import clusters, precedents
from moderation.enums import Act, Kind, Mode, Reason, Status
from moderation.review import cards
from moderation.schema.audit import decision, journal
from moderation.schema.clusters import cluster, standing_decision
from moderation.schema.review import reviewable
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator, a_site
from tests.moderation.rows import lane, row_of
from tests.workers.describing import WAVE, post
from workers.runtime import Runtime


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, settings=SiteSettings(mode=Mode.HOLD_ALL))


@pytest.fixture
def wave(database: Database, runtime: Runtime, site: Site) -> list[str]:
    return post(
        database, runtime, site, *(WAVE.format(host=f"{n}.example") for n in range(3))
    )


def reject_all(
    database: Database, site: Site, now: datetime, *, spread: bool
) -> tuple[Actor, str]:
    """A moderator rejects the only cluster there is; who, and the journal entry."""
    with database.write() as conn:
        moderator = a_moderator(conn, site)
        public_id = conn.execute(select(cluster.c.public_id)).scalar_one()
        found = clusters.find(conn, public_id, [site.id])
    who = Actor(moderator.public_id, [site.id])
    order = BulkDecision(Status.REJECTED, Reason.SPAM)
    outcome = cluster_actions.decide(database, who, found, order, now, spread=spread)
    assert outcome.done == found.waiting
    assert outcome.opened is not None
    return who, outcome.opened.public_id


def statuses(database: Database, ids: list[str]) -> list[str]:
    with database.read() as conn:
        return [row_of(conn, each).status for each in ids]


def test_a_cluster_is_decided_at_once_and_taken_back_at_once(
    database: Database, site: Site, wave: list[str], now: datetime
) -> None:
    who, entry = reject_all(database, site, now, spread=False)

    assert statuses(database, wave) == ["rejected"] * 3
    with database.read() as conn:
        row = row_of(conn, wave[0]).id
        described = [each.described for each in cards.of(conn, [row])]
        (said,) = precedents.decided_alike(conn, described, [site.id], who.actor)[row]
    assert (said.to_status, said.reason, said.mine, said.times) == (
        Status.REJECTED,
        Reason.SPAM,
        True,
        2,
    )
    undo_entry(database, who, entry, now)
    assert statuses(database, wave) == ["held"] * 3
    with database.read() as conn:
        assert precedents.decided_alike(conn, described, [site.id], who.actor) == {}


def test_a_choice_spreads_to_what_comes_within_the_hour(
    database: Database, runtime: Runtime, site: Site, wave: list[str], now: datetime
) -> None:
    who, _ = reject_all(database, site, now, spread=True)

    (late,) = post(database, runtime, site, WAVE.format(host="late.example"))

    assert statuses(database, [late]) == ["rejected"]
    with database.read() as conn:
        row = conn.execute(
            select(journal.c.act, decision.c.actor, decision.c.reason)
            .join(decision, decision.c.journal_id == journal.c.id)
            .where(decision.c.comment_id == row_of(conn, late).id)
            .order_by(decision.c.id.desc())
            .limit(1)
        ).one()
        assert tuple(row) == (Act.SPREAD, who.actor, Reason.SPAM)
        assert lane(conn, site.id) == (0, 0)


def test_a_spread_ends_with_its_hour(
    database: Database, runtime: Runtime, site: Site, wave: list[str], now: datetime
) -> None:
    reject_all(database, site, now, spread=True)
    with database.write() as conn:
        conn.execute(update(standing_decision).values(until=now - timedelta(seconds=1)))

    (late,) = post(database, runtime, site, WAVE.format(host="late.example"))

    assert statuses(database, [late]) == ["held"]


def test_taking_the_act_back_ends_its_spread(
    database: Database, runtime: Runtime, site: Site, wave: list[str], now: datetime
) -> None:
    who, entry = reject_all(database, site, now, spread=True)
    undo_entry(database, who, entry, now)

    (late,) = post(database, runtime, site, WAVE.format(host="late.example"))

    assert statuses(database, [late]) == ["held"]


def test_a_spread_touches_no_site_on_which_the_moderator_does_not_decide(
    database: Database, runtime: Runtime, site: Site, wave: list[str], now: datetime
) -> None:
    with database.write() as conn:
        other = a_site(conn, settings=SiteSettings(mode=Mode.HOLD_ALL))
    reject_all(database, site, now, spread=True)

    (late,) = post(database, runtime, other, WAVE.format(host="late.example"))

    assert statuses(database, [late]) == ["held"]
    with database.read() as conn:
        kinds = conn.execute(
            select(reviewable.c.kind).where(
                reviewable.c.comment_id == row_of(conn, late).id,
                reviewable.c.resolved_at.is_(None),
            )
        )
        assert list(kinds.scalars()) == [Kind.HELD]
