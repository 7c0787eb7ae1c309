"""Pending comments are leased, scored, judged and decided, a batch at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from moderation.comments import pending
from moderation.enums import ATTRIBUTES, Mode, Status
from moderation.schema.audit import decision, journal
from moderation.schema.comments import author, comment, scoring
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment, a_site
from tests.fakes import POISON, FixedScorer
from tests.moderation.rows import decide, decisions_of, row_of
from tests.servers import Valkey
from workers.runtime import Runtime
from workers.score import decide_batch, drain
from workers.sweep import Sweep

LEASE = timedelta(seconds=15)


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, settings=SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED))


def fill(database: Database, site: Site, *texts: str) -> list[str]:
    with database.write() as conn:
        return [a_comment(conn, site, text).public_id for text in texts]


def statuses(database: Database, ids: list[str]) -> list[str]:
    with database.read() as conn:
        return [row_of(conn, each).status for each in ids]


def test_each_comment_is_decided_by_its_own_scores(
    runtime: Runtime, database: Database, site: Site
) -> None:
    ids = fill(database, site, "fine words", "certainlyspam here", "perhapsspam here")

    assert drain(runtime) == 3

    assert statuses(database, ids) == ["approved", "rejected", "held"]
    with database.read() as conn:
        kept = conn.execute(select(scoring)).all()
        (row,) = decisions_of(conn, ids[1])
        (entry,) = conn.execute(select(journal)).all()
    assert [(each.model_version, set(each.scores)) for each in kept] == [
        ("fixed-1", set(ATTRIBUTES))
    ] * 3
    assert (row.actor, row.model_version, row.reason) == (
        "policy:1",
        "fixed-1",
        "spam",
    )
    assert entry.detail == {"model": "fixed-1"}


def test_a_poisonous_comment_is_held_and_the_rest_of_its_batch_decided(
    runtime: Runtime, database: Database, site: Site, scorer: FixedScorer
) -> None:
    ids = fill(database, site, "fine words", f"{POISON} words", "certainlyspam here")

    assert drain(runtime) == 3

    assert statuses(database, ids) == ["approved", "held", "rejected"]
    # The whole batch once, then one by one.
    assert scorer.calls == [3, 1, 1, 1]
    with database.read() as conn:
        (row,) = decisions_of(conn, ids[1])
        scored = conn.execute(select(func.count()).select_from(scoring)).scalar()
    assert row.rule == "unscored"
    assert scored == 2


def test_a_backlog_is_drained_in_batches_oldest_first(
    runtime: Runtime, database: Database, site: Site, scorer: FixedScorer
) -> None:
    small = replace(
        runtime, settings=runtime.settings.model_copy(update={"batch_size": 4})
    )
    ids = fill(
        database, site, *(f"words of their own {number}" for number in range(10))
    )

    assert decide_batch(small) == 4
    assert statuses(database, ids) == ["approved"] * 4 + ["pending"] * 6
    assert drain(small) == 6
    assert scorer.calls == [4, 4, 2]


def test_an_empty_queue_is_left_with_the_wake_up_silent(
    runtime: Runtime, site: Site
) -> None:
    assert runtime.job_queue.wake_worker()

    assert drain(runtime) == 0

    assert runtime.job_queue.redis.get("moderation:wake-up") is None


def test_the_wake_up_enqueues_once_until_somebody_has_looked(
    runtime: Runtime, site: Site
) -> None:
    for _ in range(5):
        assert runtime.job_queue.wake_worker()
    assert runtime.job_queue.queue.count == 1

    drain(runtime)
    runtime.job_queue.wake_worker()

    assert runtime.job_queue.queue.count == 2


def test_what_another_worker_holds_is_left_to_it_until_its_lease_runs_out(
    runtime: Runtime, database: Database, site: Site, now: datetime
) -> None:
    fill(database, site, "held by another", "free")
    with database.write() as conn:
        (first,) = pending.claim(conn, limit=1, lease=LEASE, now=now)
        (second,) = pending.claim(conn, limit=9, lease=LEASE, now=now)
        assert pending.claim(conn, limit=9, lease=LEASE, now=now) == []
        later = now + LEASE + timedelta(seconds=1)
        again = pending.claim(conn, limit=9, lease=LEASE, now=later)

    assert again == [first, second]


def test_scores_that_come_late_are_kept_and_decide_nothing(
    runtime: Runtime, database: Database, site: Site
) -> None:
    class Slow(FixedScorer):
        def score(self, batch):  # type: ignore[no-untyped-def]
            with database.write() as conn:
                decide(conn, Status.HELD, ids[0])
            return super().score(batch)

    ids = fill(database, site, "fine words")

    assert decide_batch(replace(runtime, scorer=Slow())) == 0

    assert statuses(database, ids) == ["held"]
    with database.read() as conn:
        assert len(decisions_of(conn, ids[0])) == 1
        assert conn.execute(select(func.count()).select_from(scoring)).scalar() == 1


@pytest.mark.parametrize(
    ("flag", "status"), [("trusted", "approved"), ("banned", "rejected")]
)
def test_what_the_site_thinks_of_an_author_counts(
    runtime: Runtime, database: Database, site: Site, flag: str, status: str
) -> None:
    ids = fill(database, site, "perhapsspam here")
    with database.write() as conn:
        conn.execute(update(author).values({flag: True}))

    drain(runtime)

    assert statuses(database, ids) == [status]


def test_two_ordinary_links_are_two_however_they_are_written(
    runtime: Runtime, database: Database, site: Site
) -> None:
    anchor = '<a href="https://www.{0}.org" title="https://www.{0}.org">{0}.org</a>'
    ids = fill(
        database,
        site,
        "See https://www.a.org and https://www.b.org for the plans.",
        f"See {anchor.format('a')} and {anchor.format('b')} for the plans.",
        f"See {anchor.format('a')}, https://b.org,https://c.org for the plans.",
    )

    drain(runtime)

    assert statuses(database, ids) == ["approved", "approved", "held"]
    with database.read() as conn:
        (row,) = decisions_of(conn, ids[2])
    assert row.facts["hits"] == [{"rule": "too_many_links", "links": 3, "limit": 2}]


def test_an_author_is_known_after_the_first_approval(
    runtime: Runtime, database: Database
) -> None:
    with database.write() as conn:
        careful = a_site(conn)
        ada = {"name": "Ada", "email": "ada@example.org"}
        first = a_comment(conn, careful, "My first words here", **ada).public_id
    drain(runtime)
    with database.write() as conn:
        assert row_of(conn, first).status == "held"
        decide(conn, Status.APPROVED, first)
        second = a_comment(conn, careful, "My second words here", **ada).public_id
    drain(runtime)

    assert statuses(database, [second]) == ["approved"]


def test_the_same_long_text_from_many_is_a_wave_and_thanks_are_not(
    runtime: Runtime, database: Database, site: Site
) -> None:
    wave = "You should all have a look at what I found on this wonderful page"
    ids = fill(database, site, *[wave] * 3, *["Thank you!"] * 3)

    drain(runtime)

    assert statuses(database, ids) == ["held"] * 3 + ["approved"] * 3


def test_a_blocked_word_in_the_name_counts(
    runtime: Runtime, database: Database
) -> None:
    with database.write() as conn:
        strict = a_site(
            conn,
            settings=SiteSettings(
                mode=Mode.PUBLISH_UNLESS_FLAGGED, blocked_words=("casino",)
            ),
        )
        one = a_comment(conn, strict, "Nice to read.", name="Best Casino").public_id

    drain(runtime)

    assert statuses(database, [one]) == ["rejected"]


def test_the_sweep_rings_for_what_nobody_rang_for(
    runtime: Runtime, database: Database, site: Site
) -> None:
    sweep = Sweep(runtime)
    sweep.once()
    assert runtime.job_queue.queue.count == 0
    fill(database, site, "fine words")

    sweep.once()
    sweep.once()

    assert runtime.job_queue.queue.count == 1


def test_the_sweep_decides_by_itself_while_redis_is_away(
    settings: Settings, runtime: Runtime, database: Database, site: Site
) -> None:
    nowhere = type(runtime.job_queue).at("unix:///nowhere/valkey.sock")
    ids = fill(database, site, "fine words")

    Sweep(replace(runtime, job_queue=nowhere)).once()

    assert statuses(database, ids) == ["approved"]


def test_the_sweep_decides_by_itself_what_no_job_comes_for(
    runtime: Runtime, database: Database, site: Site, valkey: Valkey
) -> None:
    sweep = Sweep(runtime)
    ids = fill(database, site, "fine words")
    sweep.once()
    with valkey.client() as client:
        client.replicaof("127.0.0.1", "1")
        try:
            # A job is there and Redis can be read, but nobody can take the job.
            sweep.once()
            assert runtime.job_queue.queue.count == 1
            assert statuses(database, ids) == ["pending"]
            sweep.once()
        finally:
            client.replicaof("NO", "ONE")

    assert statuses(database, ids) == ["approved"]


def test_the_sweep_leaves_what_moves_on_to_the_jobs(
    runtime: Runtime, database: Database, site: Site
) -> None:
    sweep = Sweep(runtime)
    for _ in range(4):
        ids = fill(database, site, "fine words")
        sweep.once()
        assert statuses(database, ids) == ["pending"]
        drain(runtime)


def test_a_batch_that_was_taken_tomorrow_is_decided_today(
    runtime: Runtime, database: Database, site: Site, now: datetime
) -> None:
    ids = fill(database, site, "fine words")
    with database.write() as conn:
        pending.claim(conn, limit=9, lease=LEASE, now=now + timedelta(days=1))

    assert drain(runtime) == 1

    assert statuses(database, ids) == ["approved"]


def test_a_pending_comment_has_no_decision_and_a_decided_one_exactly_one(
    runtime: Runtime, database: Database, site: Site
) -> None:
    fill(database, site, "fine words", "certainlyspam here")
    drain(runtime)
    drain(runtime)

    with database.read() as conn:
        counts = conn.execute(
            select(comment.c.id, func.count(decision.c.id))
            .outerjoin(decision, decision.c.comment_id == comment.c.id)
            .group_by(comment.c.id)
        ).all()

    assert [row[1] for row in counts] == [1, 1]
