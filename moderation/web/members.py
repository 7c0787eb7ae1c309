"""Who asks on the desk, and what they may do where."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from moderation import acts, sites
from moderation.moderators import Moderator
from moderation.sites import Site
from moderation.vocabulary import Role

DECIDING = frozenset({Role.OWNER, Role.MODERATOR})


@dataclass(frozen=True)
class Member:
    """A moderator with the sites they belong to; other sites do not exist for them."""

    moderator: Moderator
    sites: tuple[tuple[Site, Role], ...]

    @classmethod
    def of(cls, conn: Connection, moderator: Moderator) -> Member:
        """Read the memberships anew: a role that was taken away is gone at once."""
        return cls(moderator, tuple(sites.of_moderator(conn, moderator.id)))

    @property
    def site_ids(self) -> list[int]:
        """Where they may look."""
        return [site.id for site, _ in self.sites]

    @property
    def deciding(self) -> frozenset[int]:
        """Where they may decide."""
        return frozenset(site.id for site, role in self.sites if role in DECIDING)

    @property
    def owned(self) -> frozenset[int]:
        """Where they may take back what others did, and change how the site works."""
        return frozenset(site.id for site, role in self.sites if role is Role.OWNER)

    @property
    def acting(self) -> acts.Moderator:
        """The same person as the journal knows them."""
        return acts.Moderator(self.moderator.public_id, self.deciding, self.owned)
