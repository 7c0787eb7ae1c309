"""What a batch costs does not grow with what is stored already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, text

from classifiers.text import similarity
from moderation.audit.journal import Entry
from moderation.clusters import assignment
from moderation.comments import pending
from moderation.comments.draft import Stored
from moderation.comments.submit import submit
from moderation.decisions.apply import apply
from moderation.decisions.choice import Choice
from moderation.enums import Act, Status
from moderation.ids import new_key, new_public_id
from moderation.policy import rules
from moderation.review import reviewables
from moderation.schema.clusters import band, cluster
from moderation.schema.comments import comment
from moderation.schema.review import reviewable
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_draft, a_site
from tests.work import work

WORDS = "Buy the finest watches of the whole town today, cheap and with fast delivery."
FEW, MANY = 40, 3000


def _say(conn: Connection, site: Site, count: int) -> None:
    """The same words by so many authors on one page."""
    for begin in range(0, count, 500):
        drafts = [a_draft(site, WORDS) for _ in range(begin, min(begin + 500, count))]
        for each in submit(conn, drafts):
            assert isinstance(each, Stored)


def _grows(
    database: Database,
    fill: Callable[[Connection, int], object],
    act: Callable[[Connection], object],
) -> tuple[int, int]:
    """The work that `act` is with few rows and with many."""
    seen = []
    for count in (FEW, MANY):
        with database.write() as conn:
            fill(conn, count)
        if not database.is_sqlite:
            with database.write() as conn:
                conn.execute(text("ANALYZE"))
        with database.write() as conn:
            act(conn)
            seen.append(work(conn, lambda: act(conn)))
    return seen[0], seen[1]


def test_the_same_words_cost_what_the_first_did(database: Database) -> None:
    """However many said them before, on this page or any other."""
    with database.write() as conn:
        site, other = a_site(conn), a_site(conn)

    def fill(conn: Connection, count: int) -> None:
        _say(conn, site, count)
        _say(conn, other, count)

    few, many = _grows(
        database, fill, lambda conn: submit(conn, [a_draft(site, WORDS)])
    )

    assert many <= 2 * few + FEW


def test_the_worker_counts_the_same_words_as_far_as_it_matters(
    database: Database,
) -> None:
    """Twenty times or fifty thousand: nothing is decided otherwise."""
    with database.write() as conn:
        site = a_site(conn)

    def act(conn: Connection) -> None:
        last = select(comment.c.id).order_by(comment.c.id.desc()).limit(4)
        newest = list(conn.execute(last).scalars())
        assert len(pending.load(conn, newest, datetime.now(UTC))) == len(newest)

    few, many = _grows(database, lambda conn, count: _say(conn, site, count), act)

    assert many <= 2 * few + FEW


def test_a_band_that_many_share_is_read_as_far_as_it_is_compared(
    database: Database,
) -> None:
    """The texts of all the others need not be looked at."""
    with database.write() as conn:
        site = a_site(conn)
        (outline,) = similarity.outlines([WORDS])
        submit(conn, [a_draft(site, WORDS)])
        (key,) = conn.execute(select(comment.c.id)).scalars()

    def fill(conn: Connection, count: int) -> None:
        rows = [
            {"hash": each, "comment_id": new_key()}
            for each in outline.bands
            for _ in range(count)
        ]
        conn.execute(insert(band), rows)

    def act(conn: Connection) -> None:
        now = datetime.now(UTC)
        assignment.join(conn, {key: outline}, similarity, now, site_ids=[site.id])

    few, many = _grows(database, fill, act)

    assert many <= 2 * few + FEW


def test_one_more_in_a_cluster_costs_what_the_first_did(database: Database) -> None:
    """However many wait in it: one of them stands for all."""
    with database.write() as conn:
        site = a_site(conn)
        cluster_id = new_key()
        row = {
            "id": cluster_id,
            "public_id": new_public_id(),
            "created_at": datetime.now(UTC),
        }
        conn.execute(insert(cluster), row)

    def fill(conn: Connection, count: int) -> None:
        _say(conn, site, count)
        _hold_all(conn)
        conn.execute(reviewable.update().values(cluster_id=cluster_id))
        act(conn)

    def act(conn: Connection) -> None:
        reviewables.restack(conn, {cluster_id}, {site.id})

    few, many = _grows(database, fill, act)

    assert many <= 2 * few + FEW
    with database.read() as conn:
        shown = conn.execute(
            select(reviewable.c.id).where(~reviewable.c.stacked)
        ).scalars()
        first = conn.execute(select(reviewable.c.id).order_by(reviewable.c.id)).scalar()
        assert list(shown) == [first]


def _hold_all(conn: Connection) -> None:
    waiting = select(comment).where(comment.c.status == Status.PENDING.value)
    choices = [
        Choice(
            comment_id=row.id,
            site_id=row.site_id,
            thread_id=row.thread_id,
            author_id=row.author_id,
            revision=row.revision,
            from_status=Status.PENDING,
            to_status=Status.HELD,
        )
        for row in conn.execute(waiting)
    ]
    entry = Entry(Act.SCORE, rules.VERSION, datetime.now(UTC))
    apply(conn, entry, choices)
