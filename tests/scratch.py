"""The files of the tests lie in memory where there is room: they wait for no disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
# Many times what is there at any moment.
_ROOM_BYTES = 1 << 30


def pytest_configure() -> None:
    """Say where folders are made, unless somebody else has."""
    if _is_roomy(_IN_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


def _is_roomy(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > _ROOM_BYTES
