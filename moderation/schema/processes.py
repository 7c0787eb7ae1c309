"""The table of which process makes keys under which number."""

from __future__ import annotations

from sqlalchemy import Column as C
from sqlalchemy import Integer, Table

from moderation.schema.types import Instant, Opaque, metadata

process_number = Table(
    "process_number",
    metadata,
    C("number", Integer, primary_key=True, autoincrement=False),
    C("holder", Opaque, nullable=False),
    C("held_until", Instant, nullable=False),
)
