"""The data folder is its user's alone, and what it lacks is said in one line."""

from __future__ import annotations

import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from moderation.settings import Settings
from tests.commands import called, started
from tests.service import Service
from tests.supervised import Up, only_line

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


def test_nobody_else_can_read_what_the_service_writes(up: Up) -> None:
    folder = up.settings.data_dir
    folder.mkdir(parents=True)
    folder.chmod(0o755)

    up.start()
    open_to_others = {
        str(path.relative_to(folder)): oct(path.stat().st_mode)
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    }
    names = {path.name for path in folder.rglob("*")}
    up.stop()

    assert open_to_others == {}
    assert {"moderation.sqlite3", "moderation.sqlite3-wal"} <= names
    assert "data_folder_closed_to_others (was 0755)" in up.logged()


def test_migrate_makes_the_folders_that_are_not_there(
    settings: Settings, tmp_path: Path
) -> None:
    for url in ("", f"sqlite:///{tmp_path}/else/where/comments.sqlite3"):
        folder = tmp_path / f"absent{len(url)}" / "data"
        done = called(
            settings, MODERATION_DATA_DIR=str(folder), MODERATION_DATABASE_URL=url
        )("migrate")

        assert (done.returncode, done.stdout) == (0, "The database is current.\n")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    file = tmp_path / "else" / "where" / "comments.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("room", [0, 3, 40_000])
@pytest.mark.parametrize("command", ["up", "migrate"])
def test_a_disk_without_room_is_said_in_one_line(
    settings: Settings, tmp_path: Path, command: str, room: int
) -> None:
    service = Service(settings)
    folder = {
        "MODERATION_DATA_DIR": str(tmp_path / "full"),
        "MODERATION_DATABASE_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "moderation", command],
        env=service.environment() | folder,
        capture_output=True,
        text=True,
        timeout=40,
        # No file grows beyond it, as on a disk with so much room.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )

    assert "full" in only_line(done)
    assert "Traceback" not in done.stderr


def test_a_command_says_of_a_store_that_takes_no_writes_why(settings: Settings) -> None:
    assert started(settings)("migrate").returncode == 0
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "moderation",
            "add-site",
            "news",
            "News",
            "--origin",
            "https://n.example",
        ],
        env=Service(settings).environment(),
        capture_output=True,
        text=True,
        timeout=40,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )

    assert "full" in only_line(done)
