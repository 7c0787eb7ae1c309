"""What is forgotten, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, null, update

from moderation import descriptions, reports
from moderation.member_schema import sign_in
from moderation.schema import revision


def forget(conn: Connection, *, days: int, now: datetime) -> int:
    """Drop hashed addresses and networks older than `days`; how many there were.

    Sign-ins that have run out go with them, and the hashes of those who reported.
    """
    conn.execute(delete(sign_in).where(sign_in.c.expires_at < now))
    before = now - timedelta(days=days)
    reports.forget(conn, before)
    descriptions.forget(conn, before)
    forgotten = conn.execute(
        update(revision)
        .where(revision.c.address_hash.is_not(None), revision.c.created_at < before)
        .values(address_hash=null(), network=null())
    )
    return int(forgotten.rowcount)
