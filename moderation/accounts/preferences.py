"""How a moderator likes the desk: what keeps hours of reading bearable."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, select, update

from moderation.schema.accounts import moderator


class ComfortSettings(BaseModel):
    """What is softened; nothing is unless it was asked for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # Toxic text is blurred until its card has the focus.
    blur: bool = False
    greyscale: bool = False
    # Minutes at the desk until it reminds of a pause; 0 never does.
    pause_minutes: int = Field(default=0, ge=0, le=240)

    @classmethod
    def of(cls, preferences: Mapping[str, object] | None) -> ComfortSettings:
        """Read a moderator's preferences; what an older version wrote is left out."""
        try:
            return cls.model_validate((preferences or {}).get("calm", {}))
        except ValidationError:
            return cls()


def save(conn: Connection, moderator_id: int, wanted: ComfortSettings) -> None:
    """Store the calm settings; other preferences stay."""
    kept: Mapping[str, object] | None = conn.execute(
        select(moderator.c.preferences)
        .where(moderator.c.id == moderator_id)
        .with_for_update()
    ).scalar_one()
    conn.execute(
        update(moderator)
        .where(moderator.c.id == moderator_id)
        .values(preferences={**(kept or {}), "calm": wanted.model_dump()})
    )
