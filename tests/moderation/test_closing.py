"""A store that is closed is let go of."""

from __future__ import annotations

import psutil
import pytest

from moderation.schema.sites import site
from moderation.settings import Settings
from moderation.storage.database import connect

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


def test_no_file_stays_open_and_it_can_be_used_again(settings: Settings) -> None:
    database = connect(settings.sqlalchemy_url)
    here = psutil.Process()
    before = here.num_fds()
    for _ in range(2):
        with database.write() as conn:
            conn.execute(site.delete())
        assert here.num_fds() > before
        database.close()
        assert here.num_fds() == before
