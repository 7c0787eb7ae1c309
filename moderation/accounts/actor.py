"""Who acts on the desk, and where they may."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from moderation.audit import actors


@dataclass(frozen=True)
class Actor:
    """Who acts, and where they may: the sites on which their role lets them decide."""

    public_id: str
    site_ids: Collection[int]
    # Where they may also take back what others did.
    owned: Collection[int] = ()

    @property
    def actor(self) -> str:
        """How the journal names them."""
        return actors.of(self.public_id)
