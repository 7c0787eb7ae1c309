"""Sign-ins: the sessions of moderators, which the store knows and can end.

The browser has a random token, the store its hash: a stolen table signs nobody in.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, bindparam, delete, insert, select

from moderation.accounts.moderators import Moderator
from moderation.schema.accounts import membership, moderator, sign_in

# When somebody signs in; the rest is for the hourly job.
_FORGOTTEN_AT_ONCE = 100
# Asked with every page, and for all open desks all the time: made once.
RUNS = (sign_in.c.token_hash == bindparam("hash")) & (
    sign_in.c.expires_at > bindparam("now")
)
_WHOSE = (
    select(moderator)
    .join(sign_in, sign_in.c.moderator_id == moderator.c.id)
    .where(RUNS)
)
_SITES = (
    select(sign_in.c.token_hash, membership.c.site_id)
    .join(membership, membership.c.moderator_id == sign_in.c.moderator_id)
    .where(
        sign_in.c.token_hash.in_(bindparam("hashes", expanding=True)),
        sign_in.c.expires_at > bindparam("now"),
    )
)


@dataclass(frozen=True)
class Browser:
    """What a session was started with: how its owner recognises it."""

    user_agent: str = ""
    # The /24 or /48 around the address.
    network: str | None = None


@dataclass(frozen=True)
class SignIn:
    """One session in the list of a moderator's own."""

    id: str
    browser: Browser
    since: datetime
    is_this: bool


def start(
    conn: Connection,
    moderator_id: int,
    *,
    now: datetime,
    hours: int,
    browser: Browser | None = None,
) -> str:
    """Start a session; the token is known to the browser alone, we keep its hash."""
    token = secrets.token_urlsafe(32)
    browser = browser or Browser()
    forget(conn, now, _FORGOTTEN_AT_ONCE)
    conn.execute(
        insert(sign_in),
        {
            "token_hash": hash_of(token),
            "moderator_id": moderator_id,
            "user_agent": browser.user_agent[:500],
            "network": browser.network,
            "created_at": now,
            "expires_at": now + timedelta(hours=hours),
        },
    )
    return token


def whose(conn: Connection, token: str, *, now: datetime) -> Moderator | None:
    """Whose session this token is, unless it has ended."""
    row = conn.execute(_WHOSE, {"hash": hash_of(token), "now": now}).first()
    return Moderator.of(row) if row else None


def sites(
    conn: Connection, tokens: Collection[str], *, now: datetime
) -> dict[str, set[int]]:
    """The sites of whoever has each of these sessions, unless it has ended."""
    by_hash = {hash_of(each): each for each in tokens}
    rows = conn.execute(_SITES, {"hashes": list(by_hash), "now": now})
    found: dict[str, set[int]] = {}
    for token_hash, site_id in rows:
        found.setdefault(by_hash[token_hash], set()).add(site_id)
    return found


def hash_of(token: str) -> bytes:
    """What the store keeps of a token."""
    # The token is random, so a plain hash is enough: there is nothing to guess.
    return sha256(token.encode("utf-8", "replace")).digest()


def end(conn: Connection, token: str) -> None:
    """End a session; an unknown token is ended already."""
    conn.execute(delete(sign_in).where(sign_in.c.token_hash == hash_of(token)))


def of_moderator(
    conn: Connection, moderator_id: int, *, token: str, now: datetime
) -> list[SignIn]:
    """The sessions of a moderator that have not ended, the latest first."""
    rows = conn.execute(
        select(sign_in)
        .where(sign_in.c.moderator_id == moderator_id, sign_in.c.expires_at > now)
        .order_by(sign_in.c.created_at.desc())
    )
    this = hash_of(token)
    return [
        SignIn(
            id=_name(row.token_hash),
            browser=Browser(row.user_agent or "", row.network),
            since=row.created_at,
            is_this=row.token_hash == this,
        )
        for row in rows
    ]


def revoke(conn: Connection, moderator_id: int, name: str) -> bool:
    """End one session of a moderator by its id in the list; whether it was there."""
    hashes = conn.execute(
        select(sign_in.c.token_hash).where(sign_in.c.moderator_id == moderator_id)
    ).scalars()
    found = [each for each in hashes if _name(each) == name]
    conn.execute(delete(sign_in).where(sign_in.c.token_hash.in_(found)))
    return bool(found)


def end_others(conn: Connection, moderator_id: int, *, token: str = "") -> None:
    """End the sessions of a moderator, except the one of `token`."""
    conn.execute(
        delete(sign_in).where(
            sign_in.c.moderator_id == moderator_id,
            sign_in.c.token_hash != hash_of(token),
        )
    )


def _name(token_hash: bytes) -> str:
    return token_hash.hex()[:32]


def forget(conn: Connection, now: datetime, limit: int) -> int:
    """Drop sessions that have run out, `limit` at most; how many there were."""
    over = (
        select(sign_in.c.token_hash)
        .where(sign_in.c.expires_at <= now)
        .order_by(sign_in.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    dropped = conn.execute(delete(sign_in).where(sign_in.c.token_hash.in_(over)))
    return int(dropped.rowcount)
