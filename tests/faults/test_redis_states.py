"""Whatever state Redis is in, comments are decided, and the workers are counted right."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
import redis
from sqlalchemy import func, select

from moderation import metrics
from moderation.schema.search import index_queue
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.conditions import eventually
from tests.factories import a_comment, a_site
from tests.faults.scene import Scene, check_nothing_lost_or_doubled, pending, post
from tests.servers import Valkey
from tests.service import running
from tests.test_health import metrics as read
from tests.test_health import sample

# What is left when a worker has died in a batch and its lease has run out: two rounds.
SOON = 10.0

Change = Callable[[redis.Redis], object]


def _replica(client: redis.Redis) -> None:
    client.replicaof("127.0.0.1", "1")


def _full(client: redis.Redis) -> None:
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1")


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize("become", [_replica, _full])
def test_a_redis_that_can_be_read_but_not_written_keeps_no_comment_pending(
    scene: Scene, database: Database, valkey: Valkey, become: Change
) -> None:
    scene.start_web()
    scene.start_free_worker()
    accepted = [_posted(scene)]
    eventually(lambda: _is_idle(database), what="the worker's first decision")
    # Nobody else holds the write lock now, and the worker not for as long as it stands.
    with database.write():
        scene.processes["worker"].send_signal(signal.SIGSTOP)
    accepted += [_posted(scene) for _ in range(3)]
    with valkey.client() as client:
        # Redis has handed one job to the worker that waits; this one nobody can take.
        job_queue = JobQueue.at(valkey.url)
        eventually(
            lambda: job_queue.force_wake_worker() and job_queue.queue.count,
            what="a job",
        )
        become(client)
        scene.processes["worker"].send_signal(signal.SIGCONT)

        eventually(lambda: not pending(database), within=SOON, what="the decisions")

        client.replicaof("NO", "ONE")
        client.config_set("maxmemory", "0")
    accepted += [_posted(scene) for _ in range(3)]
    check_nothing_lost_or_doubled(database, accepted)


def _posted(scene: Scene) -> str:
    status, answer = post(scene.settings.bind)
    assert status == 202
    return answer["id"]


def _is_idle(database: Database) -> bool:
    with database.read() as conn:
        left = conn.execute(select(func.count()).select_from(index_queue)).scalar_one()
    return not left and not pending(database)


@pytest.mark.parametrize("store", ["sqlite"])
def test_killed_workers_and_an_emptied_redis_leave_the_count_of_workers_right(
    settings: Settings, database: Database, valkey: Valkey
) -> None:
    with running(settings, workers=2) as service:
        eventually(lambda: _workers(service) == 2, within=30, what="two workers")
        killed = service.processes["worker-1"].pid
        service.kill("worker-1")
        valkey.kill()
        valkey.start()
        # A minute later: RQ would count it for seven.
        folder = metrics.metrics_dir(settings.data_dir)
        for path in folder.glob(f"gauge_live*_{killed}.db"):
            os.utime(path, (0, 0))

        eventually(lambda: _workers(service) == 1, what="the one that is left")
        with database.write() as conn:
            site = a_site(conn)
            for _ in range(5):
                a_comment(conn, site)
        eventually(lambda: not pending(database), within=SOON, what="the decisions")
        assert service.ready()
        assert _workers(service) == 1


def _workers(service: object) -> float:
    return sample(read(service), "moderation_score_workers")  # type: ignore[arg-type]
