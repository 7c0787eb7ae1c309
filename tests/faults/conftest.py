"""What every test of a fault needs: servers of its own, short leases, quick sweeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderation.enums import Mode
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.storage.database import Database
from tests.factories import a_site
from tests.faults.scene import SITE, Scene
from tests.servers import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server of the test's own, because it may be killed."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    server = Valkey(folder)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """Small batches, the shortest lease and many sweeps: a test waits seconds."""
    return make_settings(
        batch_size=16, lease_seconds=2, sweep_seconds=0.3, web_threads=8
    )


@pytest.fixture
def scene(settings: Settings, database: Database, tmp_path: Path) -> Iterator[Scene]:
    """A store with one site; the processes are started by the test."""
    with database.write() as conn:
        a_site(conn, key=SITE, settings=SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED))
    scene = Scene(settings, tmp_path)
    yield scene
    scene.stop()
