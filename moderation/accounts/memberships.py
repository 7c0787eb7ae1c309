"""Memberships: who may do what on a site, and how that changes.

Every change is a journal entry with the role before and after, and can be taken back.
A site always keeps an owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select

from moderation.accounts import moderators
from moderation.accounts.moderators import Moderator
from moderation.audit import journal
from moderation.audit.journal import Effect, Entry, EntryRef
from moderation.enums import Act, Role
from moderation.errors import LastOwner, NotFound, NotUndoable
from moderation.schema.accounts import membership, moderator
from moderation.sites.site import Site
from moderation.storage import site_locks

# The kind of effect that is reversed here.
MEMBERSHIP = "membership"


@dataclass(frozen=True)
class SiteRole:
    """Somebody's role on a site."""

    moderator: Moderator
    role: Role


def of_site(conn: Connection, site_id: int) -> list[SiteRole]:
    """Everybody with a role on the site, by name."""
    rows = conn.execute(
        select(moderator, membership.c.role)
        .join(membership, membership.c.moderator_id == moderator.c.id)
        .where(membership.c.site_id == site_id)
        .order_by(moderator.c.name, moderator.c.id)
    )
    return [SiteRole(Moderator.of(row), Role(row.role)) for row in rows]


def others_decide(site_id: Any, moderator_id: Any) -> ColumnElement[bool]:
    """Whether anybody else may decide on a site: a condition for a statement."""
    return exists(
        select(membership.c.moderator_id).where(
            membership.c.site_id == site_id,
            membership.c.moderator_id != moderator_id,
            membership.c.role.in_((Role.OWNER.value, Role.MODERATOR.value)),
        )
    )


def change(
    conn: Connection,
    of: Site,
    public_id: str,
    role: Role | None,
    *,
    actor: str,
    now: datetime,
) -> EntryRef | None:
    """Give a member another role, or none; None when that is what they have.

    NotFound for somebody who is no member, LastOwner where no owner would be left.
    """
    who, before = _locked(conn, of.id, public_id)
    if before is None:
        raise NotFound("member")
    if before is role:
        return None
    effect = write(conn, of.id, who, before, role)
    return journal.write(
        conn, Entry(Act.MEMBERS, actor, now, (of.id,), effects=(effect,))
    )


def write(
    conn: Connection, site_id: int, who: Moderator, before: Role | None, to: Role | None
) -> Effect:
    """Change a role from `before`; what to put into the journal. LastOwner refuses."""
    if to is None:
        conn.execute(
            delete(membership).where(
                membership.c.moderator_id == who.id, membership.c.site_id == site_id
            )
        )
    else:
        moderators.join(conn, who.id, site_id, to)
    if before is Role.OWNER and not _owners(conn, site_id):
        raise LastOwner
    return {
        "kind": MEMBERSHIP,
        "site": site_id,
        "moderator": who.public_id,
        "name": who.name,
        "before": {"role": before},
        "after": {"role": to},
    }


def restore(conn: Connection, effect: Effect, _now: datetime) -> Effect:
    """Give the earlier role back, unless it was changed again since."""
    before, after = _role(effect["before"]), _role(effect["after"])
    site_id = int(str(effect["site"]))
    who, role = _locked(conn, site_id, str(effect["moderator"]))
    if role is not after:
        raise NotUndoable("changed_later")
    try:
        return write(conn, site_id, who, after, before)
    except LastOwner:
        raise NotUndoable("last_owner") from None


def role_of(conn: Connection, site_id: int, moderator_id: int) -> Role | None:
    """Somebody's role on a site, locked against those who would change it now."""
    # One at a time for each site: two owners might take the role from each other.
    site_locks.lock_sites(conn, [site_id])
    role = conn.execute(
        select(membership.c.role).where(
            membership.c.moderator_id == moderator_id, membership.c.site_id == site_id
        )
    ).scalar_one_or_none()
    return Role(role) if role else None


def _locked(
    conn: Connection, site_id: int, public_id: str
) -> tuple[Moderator, Role | None]:
    row = conn.execute(
        select(moderator).where(moderator.c.public_id == public_id)
    ).first()
    if row is None:
        raise NotFound("member")
    return Moderator.of(row), role_of(conn, site_id, row.id)


def _owners(conn: Connection, site_id: int) -> int:
    owners = (membership.c.site_id == site_id) & (membership.c.role == Role.OWNER)
    return conn.execute(select(func.count()).where(owners)).scalar_one()


def _role(side: object) -> Role | None:
    assert isinstance(side, dict)
    return Role(side["role"]) if side["role"] else None
