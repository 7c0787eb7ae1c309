"""Arrivals: which moderator it is whom the OpenID provider vouches for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from moderation.accounts import invitations, moderators, sessions
from moderation.accounts.moderators import Moderator
from moderation.accounts.oidc import Identity
from moderation.errors import NotFound, ProviderError
from moderation.schema.accounts import moderator


def link_account(
    conn: Connection, who: Identity, *, invitation: str, now: datetime
) -> Moderator:
    """The moderator that `who` is, from now on known by issuer and subject.

    The first time it is the one with the verified e-mail, or somebody new who holds
    an `invitation` that is still good; NotFound for anybody else.
    """
    known = conn.execute(
        select(moderator).where(
            moderator.c.issuer == who.issuer, moderator.c.subject == who.subject
        )
    ).first()
    if known is not None:
        return Moderator.of(known)
    if not who.email:
        raise ProviderError("provider.unverified")
    found = moderators.find(conn, who.email)
    if found is None:
        if not invitation:
            raise NotFound("moderator")
        invitations.find(conn, invitation, now)
        name = who.name.strip() or who.email.partition("@")[0][:100]
        found = moderators.add(conn, email=who.email, name=name, password=None, now=now)
    _connect(conn, found, who)
    return found


def _connect(conn: Connection, found: Moderator, who: Identity) -> None:
    """Tie a login to the provider's word, which outranks whoever made the login.

    Nobody proved at the time that the e-mail was theirs: the password that was set
    then is forgotten and its sessions end, so that nobody waits inside for the person
    the address belongs to.
    """
    connected = conn.execute(
        update(moderator)
        .where(moderator.c.id == found.id, moderator.c.subject.is_(None))
        .values(issuer=who.issuer, subject=who.subject, password_hash="")
    )
    if connected.rowcount != 1:
        raise ProviderError("provider.other")
    sessions.end_others(conn, found.id)
