"""A runtime over real stores, with a scorer whose opinion is known."""

from __future__ import annotations

import pytest

from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.fakes import FixedScorer
from workers.runtime import Runtime


@pytest.fixture
def scorer() -> FixedScorer:
    return FixedScorer()


@pytest.fixture
def runtime(settings: Settings, database: Database, scorer: FixedScorer) -> Runtime:
    return Runtime(settings, database, JobQueue.at(settings.redis_url), scorer)
