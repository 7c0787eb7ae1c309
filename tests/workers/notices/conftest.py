"""A mail server, and an office that sends through it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.factories import a_site
from tests.fakes import FixedScorer
from tests.moderation.settled import Desk
from tests.postbox import Postbox
from tests.workers.notices.office import Office
from workers.runtime import Runtime


@pytest.fixture
def settings(make_settings: Callable[..., Settings], postbox: Postbox) -> Settings:
    """With that mail server, and an address for links."""
    return make_settings(
        smtp_url=postbox.url, public_url="https://comments.example.org"
    )


@pytest.fixture
def office(
    database: Database, settings: Settings, postbox: Postbox, scorer: FixedScorer
) -> Office:
    """One site's."""
    with database.write() as conn:
        site = a_site(conn, key="news")
    runtime = Runtime(settings, database, JobQueue.at(settings.redis_url), scorer)
    return Office(Desk(database, site), runtime, postbox)
