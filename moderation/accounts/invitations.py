"""Invitations: one-time links that give whoever opens them a role on a site."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, insert, null, select, update

from moderation.accounts import memberships
from moderation.accounts.moderators import Moderator
from moderation.audit import actors, journal
from moderation.audit.journal import Effect, Entry
from moderation.enums import Act, Role
from moderation.errors import AlreadyMember, NotFound, NotUndoable
from moderation.ids import new_key, new_public_id
from moderation.schema.accounts import invitation, moderator
from moderation.schema.sites import site
from moderation.sites.site import Site

# The kind of effect that is reversed here.
INVITATION = "invitation"
LIFETIME = timedelta(days=7)

_OPEN = invitation.c.used_by.is_(None) & invitation.c.withdrawn_at.is_(None)
_STRENGTH = {Role.VIEWER: 1, Role.MODERATOR: 2, Role.OWNER: 3}


@dataclass(frozen=True)
class Invitation:
    """An invitation that can still be used."""

    row_id: int
    id: str
    site_id: int
    site_name: str
    role: Role
    # Empty when the operator invited.
    invited_by: str
    expires_at: datetime


def invite(
    conn: Connection, to: Site, role: Role, *, by: Moderator | None, now: datetime
) -> str:
    """Make an invitation; the token of its link, which is not kept and not shown again.

    Without `by` it is the operator who invites.
    """
    token = secrets.token_urlsafe(32)
    public_id = new_public_id()
    conn.execute(
        insert(invitation),
        {
            "id": new_key(),
            "public_id": public_id,
            "token_hash": _token_hash(token),
            "site_id": to.id,
            "role": role.value,
            "invited_by": by.id if by else None,
            "created_at": now,
            "expires_at": now + LIFETIME,
        },
    )
    actor = by.actor if by else actors.OPERATOR
    effect = _effect(public_id, role, withdrawn=False)
    journal.write(conn, Entry(Act.MEMBERS, actor, now, (to.id,), effects=(effect,)))
    return token


def open_ones(conn: Connection, site_id: int, now: datetime) -> list[Invitation]:
    """The invitations to a site that can still be used, the oldest first."""
    rows = conn.execute(
        _invitations(now)
        .where(invitation.c.site_id == site_id)
        .order_by(invitation.c.id)
    )
    return [_invitation(row) for row in rows]


def find(conn: Connection, token: str, now: datetime) -> Invitation:
    """The invitation that a link stands for; NotFound when it is of no use any more."""
    row = conn.execute(
        _invitations(now).where(invitation.c.token_hash == _token_hash(token))
    ).first()
    if row is None:
        raise NotFound("invitation")
    return _invitation(row)


def accept(conn: Connection, token: str, who: Moderator, now: datetime) -> None:
    """Use an invitation up; NotFound when somebody was quicker or it has run out.

    AlreadyMember when the role on the site is as good as the one that is offered.
    """
    found = find(conn, token, now)
    before = memberships.role_of(conn, found.site_id, who.id)
    if before and _STRENGTH[before] >= _STRENGTH[found.role]:
        raise AlreadyMember
    used = conn.execute(
        update(invitation)
        .where(invitation.c.id == found.row_id, _OPEN)
        .values(used_by=who.id, used_at=now)
    )
    if used.rowcount != 1:
        raise NotFound("invitation")
    effect = memberships.write(conn, found.site_id, who, before, found.role)
    journal.write(
        conn, Entry(Act.MEMBERS, who.actor, now, (found.site_id,), effects=(effect,))
    )


def withdraw(
    conn: Connection, of: Site, public_id: str, *, actor: str, now: datetime
) -> None:
    """Make an invitation useless; NotFound when it is used, or of another site."""
    row = conn.execute(
        update(invitation)
        .where(
            invitation.c.public_id == public_id, invitation.c.site_id == of.id, _OPEN
        )
        .values(withdrawn_at=now)
        .returning(invitation.c.role)
    ).first()
    if row is None:
        raise NotFound("invitation")
    effect = _effect(public_id, Role(row.role), withdrawn=True)
    journal.write(conn, Entry(Act.MEMBERS, actor, now, (of.id,), effects=(effect,)))


def restore(conn: Connection, effect: Effect, now: datetime) -> Effect:
    """Withdraw what was offered, or offer again what was withdrawn, by the old link."""
    withdrawn = not _is_withdrawn(effect)
    was = (
        invitation.c.withdrawn_at.is_(None)
        if withdrawn
        else (invitation.c.withdrawn_at.is_not(None))
    )
    changed = conn.execute(
        update(invitation)
        .where(
            invitation.c.public_id == effect["invitation"],
            invitation.c.used_by.is_(None),
            was,
        )
        .values(withdrawn_at=now if withdrawn else null())
    )
    if changed.rowcount != 1:
        raise NotUndoable("changed_later")
    return _effect(
        str(effect["invitation"]), Role(str(effect["role"])), withdrawn=withdrawn
    )


def _effect(public_id: str, role: Role, *, withdrawn: bool) -> Effect:
    return {
        "kind": INVITATION,
        "invitation": public_id,
        "role": role.value,
        "before": {"withdrawn": not withdrawn},
        "after": {"withdrawn": withdrawn},
    }


def _is_withdrawn(effect: Effect) -> bool:
    after = effect["after"]
    assert isinstance(after, dict)
    return bool(after["withdrawn"])


def _invitations(now: datetime) -> Select[Any]:
    return (
        select(
            invitation.c.id,
            invitation.c.public_id,
            invitation.c.site_id,
            site.c.name.label("site_name"),
            invitation.c.role,
            moderator.c.name.label("invited_by"),
            invitation.c.expires_at,
        )
        .join(site, site.c.id == invitation.c.site_id)
        .outerjoin(moderator, moderator.c.id == invitation.c.invited_by)
        .where(_OPEN, invitation.c.expires_at > now)
    )


def _invitation(row: Any) -> Invitation:
    return Invitation(
        row_id=row.id,
        id=row.public_id,
        site_id=row.site_id,
        site_name=row.site_name,
        role=Role(row.role),
        invited_by=row.invited_by or "",
        expires_at=row.expires_at,
    )


def _token_hash(token: str) -> bytes:
    # As with sessions: the token is random, a plain hash is enough.
    return sha256(token.encode("utf-8", "replace")).digest()
