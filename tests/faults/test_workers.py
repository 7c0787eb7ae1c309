"""Workers that die, stall, compete or get the same job again."""

from __future__ import annotations

import signal

import pytest

from moderation.sites import site as sites
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.conditions import eventually
from tests.factories import a_comment
from tests.faults.scene import SITE, Scene, check_nothing_lost_or_doubled, pending


def _fill(database: Database, count: int) -> list[str]:
    with database.write() as conn:
        site = sites.find(conn, SITE)
        assert site is not None
        return [a_comment(conn, site).public_id for _ in range(count)]


def test_a_batch_whose_worker_is_killed_is_decided_by_the_next_worker(
    scene: Scene, database: Database
) -> None:
    accepted = _fill(database, 40)
    gate = scene.gate("first")
    scene.start_worker(name="first")
    eventually(gate.waiting, what="a worker in the middle of a batch")
    scene.kill("first")
    assert pending(database) == 40

    scene.start_free_worker(name="second")

    check_nothing_lost_or_doubled(database, accepted)


def test_a_worker_that_outlives_its_lease_decides_nothing_twice(
    scene: Scene, database: Database
) -> None:
    accepted = _fill(database, 10)
    late = scene.gate("late")
    scene.start_worker(name="late")
    eventually(late.waiting, what="a worker in the middle of a batch")
    # The lease runs out while the first worker still scores.
    scene.start_free_worker(name="quick")
    eventually(lambda: not pending(database), what="the quick worker's decisions")

    late.open()
    scene.processes["late"].send_signal(signal.SIGTERM)

    assert scene.processes["late"].wait(20) == 0
    check_nothing_lost_or_doubled(database, accepted)


def test_a_worker_that_is_told_to_stop_finishes_its_batch(
    scene: Scene, database: Database
) -> None:
    _fill(database, 5)
    gate = scene.gate("worker")
    scene.start_worker()
    eventually(gate.waiting, what="a worker in the middle of a batch")

    scene.processes["worker"].send_signal(signal.SIGTERM)
    gate.open()

    assert scene.processes["worker"].wait(20) == 0
    assert pending(database) == 0


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_that_drain_at_the_same_time_share_the_work(
    scene: Scene, database: Database, workers: int
) -> None:
    names = [f"worker-{number}" for number in range(workers)]
    for name in names:
        scene.start_worker(name=name)
    accepted = _fill(database, 300)
    # Each holds a batch before the first of them writes.
    for name in names:
        eventually(scene.gate(name).waiting, within=30, what=f"a batch for {name}")

    for name in names:
        scene.gate(name).open()

    check_nothing_lost_or_doubled(database, accepted)


def test_a_job_that_is_delivered_twice_decides_once(
    scene: Scene, database: Database
) -> None:
    accepted = _fill(database, 100)
    job_queue = JobQueue.at(scene.settings.redis_url)
    for _ in range(6):
        job_queue.redis.delete("moderation:wake-up")
        assert job_queue.wake_worker()
    key = job_queue.queue.key
    for job in job_queue.redis.lrange(key, 0, -1):
        job_queue.redis.rpush(key, job)
    assert job_queue.redis.llen(key) == 12

    scene.start_free_worker(name="one")
    scene.start_free_worker(name="two")

    eventually(lambda: not job_queue.redis.llen(key), within=30, what="the last job")
    check_nothing_lost_or_doubled(database, accepted)
