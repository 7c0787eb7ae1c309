"""The tables of those who moderate: people, their roles, their sessions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
)
from sqlalchemy import Column as C

from moderation.schema.sites import site
from moderation.schema.types import Document, Id, Instant, Opaque, metadata

moderator = Table(
    "moderator",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("email", String(254), nullable=False, unique=True),
    C("name", String(100), nullable=False),
    # Empty for those who only come through the provider.
    C("password_hash", String(200), nullable=False),
    # How they like the desk: calm settings and the like.
    C("preferences", Document),
    # With it the secret of the codes is derived from the service's key; the secret
    # itself is not kept.
    C("totp_nonce", String(64)),
    # The time step of the last code taken: no code is good twice (RFC 6238).
    C("totp_step", BigInteger),
    C("recovery_hashes", Document),
    # Who they are for the OpenID provider: issuer and subject.
    C("issuer", String(255)),
    C("subject", String(255)),
    C("created_at", Instant, nullable=False),
)
Index("ix_moderator_subject", moderator.c.issuer, moderator.c.subject, unique=True)

membership = Table(
    "membership",
    metadata,
    C("moderator_id", ForeignKey("moderator.id"), primary_key=True),
    C("site_id", ForeignKey(site.c.id), primary_key=True),
    C("role", String(16), nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    # SHA-256 of the cookie's token: a stolen table signs nobody in.
    C("token_hash", LargeBinary(32), primary_key=True),
    C("moderator_id", ForeignKey("moderator.id"), nullable=False),
    # What it was started with, for the list of sessions.
    C("user_agent", String(500)),
    C("network", String(50)),
    C("created_at", Instant, nullable=False),
    C("expires_at", Instant, nullable=False),
)
Index("ix_sign_in_moderator", sign_in.c.moderator_id)
Index("ix_sign_in_expires", sign_in.c.expires_at)

invitation = Table(
    "invitation",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    # SHA-256 of the link's token, as with sessions.
    C("token_hash", LargeBinary(32), nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    C("role", String(16), nullable=False),
    # Empty when the operator did, by a command.
    C("invited_by", ForeignKey("moderator.id")),
    C("created_at", Instant, nullable=False),
    C("expires_at", Instant, nullable=False),
    C("used_by", ForeignKey("moderator.id")),
    C("used_at", Instant),
    C("withdrawn_at", Instant),
)
Index("ix_invitation_site", invitation.c.site_id, invitation.c.id)
