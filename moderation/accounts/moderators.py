"""Moderators: the people who may sign in, and the proof that it is them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, insert, select, update

from moderation.audit import actors
from moderation.enums import Role
from moderation.errors import BadPassword
from moderation.ids import new_key, new_public_id
from moderation.schema.accounts import membership, moderator
from moderation.storage.database import upsert

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
        return actors.of(self.public_id)

    @classmethod
    def of(cls, row: Any) -> Moderator:
        """Read a row of the table."""
        return cls(row.id, row.public_id, row.email, row.name)


def add(
    conn: Connection, *, email: str, name: str, password: str | None, now: datetime
) -> Moderator:
    """Store a new moderator; BadPassword says why the password will not do.

    None is for those who come through the provider: no password signs them in.
    A second moderator with the same e-mail is the database's IntegrityError.
    """
    if password is not None:
        check_password(password)
    added = Moderator(new_key(), new_public_id(), _folded(email), name.strip())
    conn.execute(
        insert(moderator),
        {
            "id": added.id,
            "public_id": added.public_id,
            "email": added.email,
            "name": added.name,
            "password_hash": _hasher.hash(password) if password is not None else "",
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
    # Who has no password costs the time of one, too.
    known_hash = (row.password_hash if row else "") or _hash_of_nobody()
    if not _matches(known_hash, password[: PASSWORD_MAX + 1]) or row is None:
        return None
    return Moderator.of(row)


def find(conn: Connection, email: str) -> Moderator | None:
    """The moderator with this e-mail, or None."""
    row = conn.execute(
        select(moderator).where(moderator.c.email == _folded(email))
    ).first()
    return Moderator.of(row) if row else None


def with_id(conn: Connection, public_id: str) -> Moderator | None:
    """The moderator with this id, or None."""
    row = conn.execute(
        select(moderator).where(moderator.c.public_id == public_id)
    ).first()
    return Moderator.of(row) if row else None


def has_password(conn: Connection, moderator_id: int) -> bool:
    """Whether they may sign in with a password, or only through the provider."""
    kept = select(moderator.c.password_hash).where(moderator.c.id == moderator_id)
    return bool(conn.execute(kept).scalar_one())


def set_password(conn: Connection, moderator_id: int, password: str) -> None:
    """Give a moderator another password; BadPassword when it will not do."""
    check_password(password)
    conn.execute(
        update(moderator)
        .where(moderator.c.id == moderator_id)
        .values(password_hash=_hasher.hash(password))
    )


def rename(conn: Connection, moderator_id: int, name: str) -> None:
    """Call a moderator otherwise, in all that they did as well."""
    conn.execute(
        update(moderator).where(moderator.c.id == moderator_id).values(name=name)
    )


def check_password(password: str) -> None:
    """Raise BadPassword unless the length will do: length is what counts."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise BadPassword(
            f"a password has {PASSWORD_MIN} to {PASSWORD_MAX:,} characters"
        )


def _folded(email: str) -> str:
    # PostgreSQL cannot even be asked about a NUL.
    return email.strip().casefold().replace("\x00", "\ufffd")


def _matches(known_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(known_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
