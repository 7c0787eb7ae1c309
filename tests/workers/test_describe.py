"""What was decided is described: languages and clusters."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from moderation import retention
from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest, decide
from moderation.actions.undo import undo as undo_entry
from moderation.clusters import precedents
from moderation.comments.edit import edit, worded
from moderation.enums import Kind, Mode, Reason, Status
from moderation.review import cards, lanes
from moderation.review.lanes import Lane
from moderation.schema.clusters import band, cluster
from moderation.schema.search import comment_index, index_queue
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment, a_moderator, a_site
from tests.moderation.rows import lane, row_of
from tests.workers.describing import OTHER, WAVE, post
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, settings=SiteSettings(mode=Mode.HOLD_ALL))


def clusters_of(database: Database, ids: list[str]) -> list[int | None]:
    with database.read() as conn:
        rows = [row_of(conn, each).id for each in ids]
        found = dict(
            conn.execute(
                select(comment_index.c.comment_id, comment_index.c.cluster_id)
            ).all()  # type: ignore[arg-type]
        )
        return [found[each] for each in rows]


def test_the_language_is_told_where_there_is_enough_to_tell(
    database: Database, runtime: Runtime, site: Site
) -> None:
    post(database, runtime, site, "Das ist wirklich ein schöner Artikel.", OTHER, "ok?")

    with database.read() as conn:
        found = conn.execute(
            select(comment_index.c.language).order_by(comment_index.c.comment_id)
        ).scalars()
        assert list(found) == ["de", "en", ""]


def test_a_comment_is_described_once_and_leaves_the_outbox(
    database: Database, runtime: Runtime, site: Site
) -> None:
    post(database, runtime, site, OTHER)

    assert describe(runtime) == 0
    with database.read() as conn:
        assert not conn.execute(select(index_queue)).all()
        words = text("SELECT count(*) FROM comment_words")
        assert conn.execute(words).scalar_one() == 1


def test_what_is_pending_comes_first(
    database: Database, runtime: Runtime, site: Site
) -> None:
    with database.write() as conn:
        a_comment(conn, site, OTHER)
    drain(runtime)
    with database.write() as conn:
        a_comment(conn, site, "Another one that nobody has decided yet.")

    assert describe(runtime) == 0
    drain(runtime)
    assert describe(runtime) == 2


def test_comments_that_say_nearly_the_same_are_one_cluster_across_sites(
    database: Database, runtime: Runtime, site: Site
) -> None:
    with database.write() as conn:
        other = a_site(conn, settings=SiteSettings(mode=Mode.HOLD_ALL))
    ids = post(database, runtime, site, WAVE.format(host="a.example"), OTHER)
    ids += post(database, runtime, other, WAVE.format(host="b.example"))
    ids += post(database, runtime, site, WAVE.format(host="c.example") + " Bob")

    first, alone, second, third = clusters_of(database, ids)
    assert first is not None
    assert first == second == third
    assert alone is None
    with database.read() as conn:
        rows = {each: row_of(conn, each).id for each in ids}
        described = [each.described for each in cards.of(conn, list(rows.values()))]
        mine = precedents.cluster_summaries(conn, described, [site.id])
        theirs = precedents.cluster_summaries(conn, described, [other.id])
    assert mine[rows[ids[0]]].members == 2
    assert mine[rows[ids[0]]].waiting == 2
    assert rows[ids[1]] not in mine
    assert theirs == {}


def test_a_wave_in_one_batch_is_one_cluster_and_keeps_the_bands_of_its_first(
    database: Database, runtime: Runtime, site: Site
) -> None:
    texts = [WAVE.format(host=f"{number}.example") for number in range(40)]
    ids = post(database, runtime, site, *texts)

    assert len(set(clusters_of(database, ids))) == 1
    with database.read() as conn:
        holders = set(conn.execute(select(band.c.comment_id)).scalars())
        assert holders == {row_of(conn, ids[0]).id}
        assert conn.execute(select(func.count()).select_from(cluster)).scalar() == 1


def test_a_lane_shows_the_first_of_a_cluster_and_counts_them_all(
    database: Database, runtime: Runtime, site: Site, now: datetime
) -> None:
    ids = post(
        database, runtime, site, *(WAVE.format(host=f"{n}.example") for n in range(3))
    )
    ids += post(database, runtime, site, OTHER)

    def shown() -> list[int]:
        with database.read() as conn:
            return lanes.page(conn, Lane([site.id]), limit=10)

    with database.write() as conn:
        moderator = a_moderator(conn, site)
        rows = [row_of(conn, each).id for each in ids]
    assert shown() == [rows[0], rows[3]]
    with database.read() as conn:
        assert lanes.counts(conn, [site.id])[Kind.HELD] == 4

    # The next of them stands for the rest when the first is decided, and gives its
    # place back when that is taken back.
    who = Actor(moderator.public_id, [site.id])
    ruling = DecisionRequest(ids[0], 1, Status.HELD, Status.REJECTED, Reason.SPAM)
    entry = decide(database, who, ruling, now)
    assert shown() == [rows[1], rows[3]]
    undo_entry(database, who, entry, now)
    assert shown() == [rows[0], rows[3]]
    with database.read() as conn:
        assert lane(conn, site.id) == (4, 4)


def test_an_edit_leaves_the_cluster_and_is_found_by_its_new_words(
    database: Database, runtime: Runtime, site: Site, now: datetime
) -> None:
    ids = post(
        database, runtime, site, *(WAVE.format(host=f"{n}.example") for n in range(2))
    )
    with database.write() as conn:
        edit(conn, ids[0], worded(OTHER), now)
    drain(runtime)
    assert describe(runtime) == 1

    gone, kept = clusters_of(database, ids)
    assert gone is None
    assert kept is not None
    with database.read() as conn:
        row = conn.execute(
            select(comment_index.c.revision).where(
                comment_index.c.comment_id == row_of(conn, ids[0]).id
            )
        )
        assert row.scalar_one() == 2
        rows = [row_of(conn, each).id for each in ids]
        assert sorted(lanes.page(conn, Lane([site.id]), limit=9)) == sorted(rows)


def test_short_texts_are_like_nothing(
    database: Database, runtime: Runtime, site: Site
) -> None:
    ids = post(database, runtime, site, "Thank you very much", "Thank you very much?")

    assert clusters_of(database, ids) == [None, None]


def test_what_is_remembered_of_senders_and_texts_is_forgotten_in_time(
    database: Database, runtime: Runtime, site: Site, now: datetime
) -> None:
    post(database, runtime, site, OTHER)

    def kept() -> tuple[int, int]:
        with database.read() as conn:
            senders = select(func.count()).where(comment_index.c.network.is_not(None))
            bands = select(func.count()).select_from(band)
            return conn.execute(senders).scalar_one(), conn.execute(bands).scalar_one()

    def forget(later: timedelta) -> None:
        retention.forget(database, days=30, now=now + later)

    assert kept() == (1, 8)
    forget(timedelta(days=29))
    assert kept() == (1, 8)
    forget(timedelta(days=31))
    assert kept() == (0, 0)
