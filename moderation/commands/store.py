"""How commands open the store: with one clear line when that cannot work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from moderation import migrations
from moderation.db import Database, connect
from moderation.errors import BadSetting, NotReady
from moderation.settings import Settings


@contextmanager
def reachable(settings: Settings) -> Iterator[Database]:
    """The store, whatever its tables; BadSetting when it does not answer."""
    address = make_url(settings.sqlalchemy_url).render_as_string(hide_password=True)
    try:
        database = connect(settings.sqlalchemy_url)
        with database.read() as conn:
            conn.exec_driver_sql("SELECT 1")
    except (OperationalError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        reason = " ".join(str(cause).split())
        raise BadSetting(
            f"the database {address} cannot be reached ({reason}): "
            "start it, or set MODERATION_DATABASE_URL"
        ) from None
    try:
        yield database
    finally:
        database.close()


@contextmanager
def current(settings: Settings) -> Iterator[Database]:
    """The store with all its tables; NotReady when migrations are missing."""
    with reachable(settings) as database:
        if not migrations.is_current(database):
            raise NotReady("the database lacks tables: run `moderation migrate` first")
        yield database
