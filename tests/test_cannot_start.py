"""What stands in the way of `moderation up` is one line that says what to do."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from moderation.settings import Settings
from tests.commands import called
from tests.supervised import only_line, refusal

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


def test_a_taken_port_is_named_in_one_line(settings: Settings) -> None:
    host, _, port = settings.bind.rpartition(":")
    with socket.create_server((host, int(port))):
        line = refusal(settings)

    assert re.search(r"MODERATION_BIND=\S+: the port is taken: stop", line)


def test_a_data_folder_that_cannot_be_made_is_named_in_one_line(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"

    assert f"the data folder {folder} cannot be written" in refusal(
        settings, MODERATION_DATA_DIR=str(folder)
    )


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("BIND", "8000", "must be HOST:PORT, for example"),
        ("SCORE_WORKERS", "none", "valid integer"),
        ("DATABASE_URL", "mysql://db", "must start with sqlite:/// or postgresql://"),
        ("RATE_LIMIT_SITE", "often", "per minute"),
    ],
)
def test_a_bad_setting_is_named_in_one_line(
    settings: Settings, name: str, value: str, hint: str
) -> None:
    # Settings are read before anything is touched: no process is needed for that.
    line = only_line(called(settings, **{f"MODERATION_{name}": value})("up"))

    assert f"MODERATION_{name}={value!r}" in line
    assert hint in line


def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    settings: Settings, tmp_path: Path
) -> None:
    url = f"postgresql://me:geheim@/moderation?host={tmp_path}"
    line = refusal(settings, MODERATION_DATABASE_URL=url)

    assert "cannot be reached" in line
    assert "MODERATION_DATABASE_URL" in line
    assert "geheim" not in line
