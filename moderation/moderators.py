"""Moderators: who may sign in, and what each may do on which site."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select

from moderation.db import upsert
from moderation.identity import new_key, new_public_id
from moderation.member_schema import membership, moderator, sign_in
from moderation.vocabulary import Role

# Argon2id with OWASP's minimum (19 MiB, 2 passes, 1 lane): several people may sign
# in at once without the web process outgrowing its memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

PASSWORD_MIN = 12
PASSWORD_MAX = 1024


@dataclass(frozen=True)
class Moderator:
    """A person who may sign in."""

    id: int
    public_id: str
    email: str
    name: str

    @property
    def actor(self) -> str:
        """How the journal names this person."""
        return f"moderator:{self.public_id}"


def add(
    conn: Connection, *, email: str, name: str, password: str, now: datetime
) -> Moderator:
    """Store a new moderator; ValueError says why the password will not do.

    A second moderator with the same e-mail is the database's IntegrityError.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise ValueError(
            f"a password has {PASSWORD_MIN} to {PASSWORD_MAX:,} characters"
        )
    added = Moderator(new_key(), new_public_id(), _folded(email), name.strip())
    conn.execute(
        insert(moderator),
        {
            "id": added.id,
            "public_id": added.public_id,
            "email": added.email,
            "name": added.name,
            "password_hash": _hasher.hash(password),
            "created_at": now,
        },
    )
    return added


def join(conn: Connection, moderator_id: int, site_id: int, role: Role) -> None:
    """Give a moderator a role on a site, or another one than before."""
    row = {"moderator_id": moderator_id, "site_id": site_id, "role": role.value}
    conn.execute(
        upsert(conn, membership).on_conflict_do_update(
            index_elements=["moderator_id", "site_id"], set_={"role": role.value}
        ),
        row,
    )


def verify(conn: Connection, *, email: str, password: str) -> Moderator | None:
    """The moderator whose e-mail and password these are, or None.

    An unknown e-mail costs as much time as a wrong password, so that nobody can
    find out who is a moderator by looking at the clock.
    """
    row = conn.execute(
        select(moderator).where(moderator.c.email == _folded(email))
    ).first()
    known_hash = row.password_hash if row else _hash_of_nobody()
    if not _matches(known_hash, password[: PASSWORD_MAX + 1]) or row is None:
        return None
    return Moderator(row.id, row.public_id, row.email, row.name)


def find(conn: Connection, email: str) -> Moderator | None:
    """The moderator with this e-mail, or None."""
    row = conn.execute(
        select(moderator).where(moderator.c.email == _folded(email))
    ).first()
    return Moderator(row.id, row.public_id, row.email, row.name) if row else None


def open_sign_in(
    conn: Connection, moderator_id: int, *, now: datetime, hours: int
) -> str:
    """Start a session; the token is known to the browser alone, we keep its hash."""
    token = secrets.token_urlsafe(32)
    conn.execute(delete(sign_in).where(sign_in.c.expires_at <= now))
    conn.execute(
        insert(sign_in),
        {
            "token_hash": _token_hash(token),
            "moderator_id": moderator_id,
            "created_at": now,
            "expires_at": now + timedelta(hours=hours),
        },
    )
    return token


def signed_in(conn: Connection, token: str, *, now: datetime) -> Moderator | None:
    """Whose session this token is, unless it has ended."""
    row = conn.execute(
        select(moderator)
        .join(sign_in, sign_in.c.moderator_id == moderator.c.id)
        .where(sign_in.c.token_hash == _token_hash(token), sign_in.c.expires_at > now)
    ).first()
    return Moderator(row.id, row.public_id, row.email, row.name) if row else None


def close_sign_in(conn: Connection, token: str) -> None:
    """End a session; an unknown token is ended already."""
    conn.execute(delete(sign_in).where(sign_in.c.token_hash == _token_hash(token)))


def _folded(email: str) -> str:
    # PostgreSQL cannot even be asked about a NUL.
    return email.strip().casefold().replace("\x00", "\ufffd")


def _matches(known_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(known_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _token_hash(token: str) -> bytes:
    # The token is random, so a plain hash is enough: there is nothing to guess.
    return sha256(token.encode("utf-8", "replace")).digest()


@lru_cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
