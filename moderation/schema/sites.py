"""The table of sites."""

from __future__ import annotations

from sqlalchemy import Column as C
from sqlalchemy import (
    Integer,
    String,
    Table,
)

from moderation.schema.types import Document, Id, Instant, metadata

site = Table(
    "site",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("key", String(64), nullable=False, unique=True),
    C("name", String(200), nullable=False),
    C("origins", Document, nullable=False),
    C("settings", Document, nullable=False),
    C("settings_version", Integer, nullable=False, default=1),
    C("key_generation", Integer, nullable=False, default=1),
    C("created_at", Instant, nullable=False),
)
