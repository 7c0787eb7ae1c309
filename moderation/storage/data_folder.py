"""The data folder: made, private, proved writable, and held by one service at a time."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moderation.errors import BadSetting

# Children of a service that was killed need some time to end.
_PATIENCE_SECONDS = 30.0
# Whatever a process makes is for its user alone: comments, addresses, keys.
PRIVATE_UMASK = 0o077
_OTHERS = 0o077
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

# Commands that set up no logging say it on standard error.
_log = logging.getLogger(__name__)


@contextmanager
def private_files() -> Iterator[None]:
    """Let what this process and its children make be readable by their user alone."""
    before = os.umask(PRIVATE_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def prepare(folder: Path) -> None:
    """Make the folder, or close one that others may look into; BadSetting if it cannot be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & _OTHERS:
            folder.chmod(mode & ~_OTHERS)
            _log.warning("data_folder_closed_to_others (was %04o)", mode)
    except PermissionError as error:
        if not folder.is_dir():
            raise _unwritable(folder, error) from None
        # Somebody else's: their business, but they should know.
        _log.warning("data_folder_open_to_others (is %04o)", mode)
    except OSError as error:
        raise _unwritable(folder, error) from None


def is_full(error: OSError) -> bool:
    """Whether a file could not be written because there was no room for it."""
    return error.errno in _NO_ROOM


def _unwritable(folder: Path, error: OSError) -> BadSetting:
    if is_full(error):
        return BadSetting(
            f"the disk is full: the data folder {folder} takes no files. "
            "Make room, or set MODERATION_DATA_DIR to another one"
        )
    return BadSetting(
        f"the data folder {folder} cannot be written ({error.strerror}): "
        "make it writable, or set MODERATION_DATA_DIR to another one"
    )


@contextmanager
def held(folder: Path) -> Iterator[int]:
    """Hold the folder; BadSetting when it cannot be written or is in use.

    Yields the descriptor of the lock. Processes that inherit it hold the folder
    too, so a new service never meets the last processes of one that was killed.
    """
    prepare(folder)
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(folder, error) from None
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
            try:
                os.ftruncate(lock, 0)
                os.pwrite(lock, str(os.getpid()).encode(), 0)
            except OSError as error:
                raise _unwritable(folder, error) from None
            return


def _is_running(written: bytes) -> bool:
    try:
        os.kill(int(written), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
        return False
    return True
