"""How commands open the store: with one clear line when that cannot work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url

from moderation import migrations
from moderation.errors import BadSetting, NotReady
from moderation.settings import Settings
from moderation.storage import data_folder, store_errors
from moderation.storage.database import Database, connect
from moderation.storage.store_errors import StoreError

# SQLite begins with a write-ahead log and its index of 32 KB.
_LITTLE_BYTES = 256 * 1024


@contextmanager
def reachable(settings: Settings) -> Iterator[Database]:
    """The store, whatever its tables; BadSetting when it does not answer."""
    url = make_url(settings.sqlalchemy_url)
    address = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and url.database:
        data_folder.prepare(settings.data_dir)
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        database = connect(settings.sqlalchemy_url)
        with database.read() as conn:
            conn.exec_driver_sql("SELECT 1")
    except (*StoreError, OSError) as error:
        if _is_full(url, error):
            raise BadSetting(
                f"the disk is full: the database {address} takes no writes. "
                "Make room, or set MODERATION_DATABASE_URL"
            ) from None
        reason = store_errors.reason(error)
        if reason.startswith(store_errors.SILENT):
            cause = getattr(error, "orig", None) or error
            reason = " ".join(str(cause).split())
        raise BadSetting(
            f"the database {address} cannot be reached ({reason}): "
            "start it, or set MODERATION_DATABASE_URL"
        ) from None
    try:
        yield database
    except StoreError as error:
        if not store_errors.is_unavailable(error):
            raise
        reason = "the disk is full" if _is_full(url, error) else ""
        raise NotReady(
            f"the database {address}: {reason or store_errors.reason(error)}"
        ) from None
    finally:
        database.close()


def _is_full(url: URL, error: BaseException) -> bool:
    """Whether there is no room: SQLite often says no more than that its disk fails."""
    if store_errors.reason(error) == store_errors.FULL:
        return True
    if url.get_backend_name() != "sqlite" or not url.database:
        return isinstance(error, OSError) and data_folder.is_full(error)
    room = os.statvfs(Path(url.database).parent)
    return room.f_bavail * room.f_frsize < _LITTLE_BYTES


@contextmanager
def current(settings: Settings) -> Iterator[Database]:
    """The store with all its tables; NotReady when migrations are missing."""
    with reachable(settings) as database:
        if not migrations.is_current(database):
            raise NotReady("the database lacks tables: run `moderation migrate` first")
        yield database
