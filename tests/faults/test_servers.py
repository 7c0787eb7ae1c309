"""Servers that die or vanish while visitors post."""

from __future__ import annotations

import signal

import pytest

from moderation.storage.database import Database
from tests.conditions import eventually
from tests.faults.scene import Scene, Visitors, check_nothing_lost_or_doubled, pending
from tests.servers import Postgres, Valkey


def test_what_was_accepted_before_the_web_was_killed_is_decided(
    scene: Scene, database: Database
) -> None:
    scene.start_web()
    scene.start_free_worker()

    with Visitors(scene.settings.bind) as visitors:
        visitors.until_accepted(30)
        scene.kill_web()
        scene.start_web()
        visitors.until_accepted(30)

    assert visitors.answers["ConnectionRefusedError"]
    check_nothing_lost_or_doubled(database, visitors.accepted)


def test_comments_are_accepted_and_decided_while_redis_dies_and_comes_back_empty(
    scene: Scene, database: Database, valkey: Valkey
) -> None:
    scene.start_web()
    scene.start_free_worker(name="one")
    scene.start_free_worker(name="two")

    with Visitors(scene.settings.bind) as visitors:
        visitors.until_accepted(30)
        valkey.kill()
        visitors.until_accepted(30)
        valkey.start()
        visitors.until_accepted(30)

    assert set(visitors.answers) == {"202"}
    check_nothing_lost_or_doubled(database, visitors.accepted)


@pytest.mark.parametrize("store", ["sqlite"])
def test_comments_are_decided_as_long_as_redis_is_away(
    scene: Scene, database: Database, valkey: Valkey
) -> None:
    scene.start_web()
    scene.start_free_worker()
    with Visitors(scene.settings.bind) as visitors:
        visitors.until_accepted(1)
        eventually(lambda: not pending(database), what="the worker's first decision")
        valkey.kill()
        visitors.until_accepted(30)

    check_nothing_lost_or_doubled(database, visitors.accepted)
    scene.processes["worker"].terminate()
    assert scene.processes["worker"].wait(20) == 0


@pytest.mark.parametrize("store", ["postgresql"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_what_was_accepted_before_the_database_went_away_is_there_and_decided(
    scene: Scene, database: Database, postgres: Postgres, how: signal.Signals
) -> None:
    scene.start_web()
    scene.start_free_worker(name="one")
    scene.start_free_worker(name="two")

    with Visitors(scene.settings.bind) as visitors:
        visitors.until_accepted(30)
        postgres.stop(how)
        visitors.until_answered("store_unavailable")
        postgres.start()
        visitors.until_accepted(30)

    # A visitor is told what is the matter and never sees a fault of the service.
    assert set(visitors.answers) == {"202", "store_unavailable"}
    check_nothing_lost_or_doubled(database, visitors.accepted)
