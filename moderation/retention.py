"""What is forgotten, and when: a little at a time, so that nobody waits for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, null, select, tuple_, update

from moderation.accounts import sessions
from moderation.authors import identity
from moderation.clusters import assignment
from moderation.feedback import reports
from moderation.schema.comments import HAS_TRACES, revision
from moderation.search import indexing
from moderation.storage.database import Database

# Rows that one transaction changes: some milliseconds under the write lock.
PART = 200
# Between two parts everybody else writes for at least as long as the last part took.
SHARE = 1.0

# Forgets up to so many rows in a transaction of the caller; how many there were.
Forget = Callable[[Connection, int], int]


def forget(
    database: Database, *, days: int, now: datetime, part: int = PART
) -> Counter[str]:
    """Drop hashed addresses and networks older than `days`; how much of each kind.

    Sign-ins that have run out go with them, the hashes of those who reported, and what
    later comments are no longer compared with. Whoever is interrupted goes on from there
    the next time.
    """
    before = now - timedelta(days=days)
    kinds: dict[str, Forget] = {
        "sign_ins": lambda conn, limit: sessions.forget(conn, now, limit),
        "reports": lambda conn, limit: reports.forget(conn, before, limit),
        "descriptions": lambda conn, limit: indexing.forget(conn, before, limit),
        "authors": lambda conn, limit: identity.forget(conn, before, limit),
        "revisions": lambda conn, limit: forget_revisions(conn, before, limit),
    }
    forgotten: Counter[str] = Counter()
    for name, act in kinds.items():
        forgotten[name] = _in_parts(database, act, part)
    forgotten["bands"] = _forget_bands(database, now - assignment.REMEMBERED, part)
    return forgotten


def _in_parts(database: Database, act: Forget, part: int) -> int:
    total = 0
    while True:
        count = _pausing(database, lambda conn: act(conn, part))
        total += count
        if count < part:
            return total


def _forget_bands(database: Database, before: datetime, part: int) -> int:
    """Bands are found without the write lock: only a look at all of them finds old ones."""
    total = 0
    for found in _old_bands(database, before, part):
        total += _pausing(database, partial(assignment.forget, bands=found))
    return total


def _old_bands(
    database: Database, before: datetime, part: int
) -> Iterator[list[assignment.Band]]:
    for piece in range(assignment.PARTS):
        with database.read() as conn:
            found = assignment.old_bands(conn, before, piece)
        for begin in range(0, len(found), part):
            yield found[begin : begin + part]


def _pausing(database: Database, act: Callable[[Connection], int]) -> int:
    started = time.monotonic()
    with database.write() as conn:
        count = act(conn)
    time.sleep(SHARE * (time.monotonic() - started) if count else 0.0)
    return count


def forget_revisions(conn: Connection, before: datetime, limit: int) -> int:
    """Drop the traces of visitors from up to so many old revisions; how many there were."""
    key = tuple_(revision.c.comment_id, revision.c.number)
    old = (
        select(revision.c.comment_id, revision.c.number)
        .where(HAS_TRACES, revision.c.created_at < before)
        .order_by(revision.c.created_at)
        .limit(limit)
        # Who edits at this moment has time until the next hour.
        .with_for_update(skip_locked=True)
    )
    forgotten = conn.execute(
        update(revision).where(key.in_(old)).values(address_hash=null(), network=null())
    )
    return int(forgotten.rowcount)
