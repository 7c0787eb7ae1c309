"""The data folder: made, proved writable, and held by one service at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moderation.errors import BadSetting

# Children of a service that was killed need some time to end.
_PATIENCE_SECONDS = 30.0


@contextmanager
def held(folder: Path) -> Iterator[int]:
    """Hold the folder; BadSetting when it cannot be written or is in use.

    Yields the descriptor of the lock. Processes that inherit it hold the folder
    too, so a new service never meets the last processes of one that was killed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BadSetting(
            f"the data folder {folder} cannot be written ({error.strerror}): "
            "make it writable, or set MODERATION_DATA_DIR to another one"
        ) from None
    try:
        _wait_for(lock, folder)
        yield lock
    finally:
        os.close(lock)


def _wait_for(lock: int, folder: Path) -> None:
    """Take the lock, and leave our process id in it for those who come later."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _is_running(os.pread(lock, 20, 0)) or time.monotonic() > end:
                raise BadSetting(
                    f"the data folder {folder} is in use by another `moderation up`: "
                    "stop that one, or set MODERATION_DATA_DIR to another folder"
                ) from None
            time.sleep(0.1)
        else:
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            return


def _is_running(written: bytes) -> bool:
    try:
        os.kill(int(written), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
        return False
    return True
