"""Who asks on the desk, and what they may do where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from moderation.accounts import sessions
from moderation.accounts.actor import Actor
from moderation.accounts.moderators import Moderator
from moderation.accounts.preferences import ComfortSettings
from moderation.enums import Role
from moderation.schema.accounts import membership, moderator, sign_in
from moderation.schema.sites import site
from moderation.sites import site as sites
from moderation.sites.site import Site

DECIDING = frozenset({Role.OWNER, Role.MODERATOR})
# Asked with every page: made once.
_OF_SESSION = (
    select(
        moderator.c.id.label("moderator_id"),
        moderator.c.public_id,
        moderator.c.email,
        moderator.c.name.label("moderator_name"),
        moderator.c.preferences,
        membership.c.role,
        site,
    )
    .join(sign_in, sign_in.c.moderator_id == moderator.c.id)
    .outerjoin(membership, membership.c.moderator_id == moderator.c.id)
    .outerjoin(site, site.c.id == membership.c.site_id)
    .where(sessions.RUNS)
    .order_by(site.c.name)
)


@dataclass(frozen=True)
class Member:
    """A moderator with the sites they belong to; other sites do not exist for them."""

    moderator: Moderator
    calm: ComfortSettings
    sites: tuple[tuple[Site, Role], ...]

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
    def acting(self) -> Actor:
        """The same person as the journal knows them."""
        return Actor(self.moderator.public_id, self.deciding, self.owned)


def of_session(conn: Connection, token: str, *, now: datetime) -> Member | None:
    """Whose session this token is, unless it has ended, with all that a page asks.

    Read anew each time: a role that was taken away is gone at once.
    """
    asked = {"hash": sessions.hash_of(token), "now": now}
    rows = conn.execute(_OF_SESSION, asked).mappings().all()
    if not rows:
        return None
    who = rows[0]
    return Member(
        Moderator(
            who["moderator_id"], who["public_id"], who["email"], who["moderator_name"]
        ),
        ComfortSettings.of(who["preferences"]),
        tuple((sites.of_row(row), Role(row["role"])) for row in rows if row["role"]),
    )
