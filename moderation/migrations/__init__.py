"""Bring the store to the tables that this version of the service needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from moderation.storage.database import Database

LOCK = 0x6D6F64  # "mod"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(database: Database, *, to: str = "head") -> None:
    """Run the migrations that are missing, up to one; does nothing on a current store.

    Several processes may start at once: SQLite lets one write, and on PostgreSQL
    an advisory lock makes the others wait until the first is through.
    """
    config = _config()
    with database.write() as conn:
        if not database.is_sqlite:
            conn.execute(select(func.pg_advisory_xact_lock(LOCK)))
        config.attributes["connection"] = conn
        command.upgrade(config, to)


def is_current(database: Database) -> bool:
    """Whether the store has all migrations of this version."""
    with database.read() as conn:
        heads = MigrationContext.configure(conn).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(_config()).get_heads())
