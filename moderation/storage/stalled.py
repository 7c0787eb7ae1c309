"""Whether comments are being decided: how long nothing was, although something is pending.

Whatever keeps the workers from it (none runs, none can write, the clocks are wrong), it
shows here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, func, or_, select, text

from moderation.enums import POLICY_ACTOR
from moderation.schema.audit import journal
from moderation.schema.comments import IS_CURRENT, comment, revision
from moderation.storage.database import Database
from moderation.storage.leases import SKEW

FRESH_SECONDS = 5.0

# A literal, so that PostgreSQL can prove that the partial index holds the answer.
_PENDING = text("comment.status = 'pending'")
_SOON = bindparam("soon", type_=comment.c.created_at.type)
_ARRIVED = (
    select(revision.c.created_at)
    .join(comment, IS_CURRENT)
    .where(_PENDING)
    .order_by(comment.c.id)
    .limit(1)
)
# What was decided tomorrow says nothing of today.
_DECIDED = (
    select(journal.c.created_at)
    .where(journal.c.actor == POLICY_ACTOR, journal.c.created_at <= _SOON)
    .order_by(journal.c.id.desc())
    .limit(1)
)
_BOTH = select(_ARRIVED.scalar_subquery(), _DECIDED.scalar_subquery())
_OF_WRONG_TIME = select(func.count()).where(
    _PENDING,
    or_(comment.c.created_at > _SOON, comment.c.claimed_until > bindparam("latest")),
)


def undecided_seconds(conn: Connection, now: datetime) -> float:
    """For how long nothing was decided while something was pending; 0 if nothing is."""
    arrived, decided = conn.execute(_BOTH, {"soon": now + SKEW}).one()
    if arrived is None:
        return 0.0
    # Where the clock was wrong when it arrived, the last decision has to tell.
    times = [each for each in (arrived, decided) if each and each <= now + SKEW]
    return max(0.0, (now - max(times, default=now)).total_seconds())


def of_wrong_time(conn: Connection, now: datetime, latest: datetime) -> int:
    """How many pending comments a clock has put into the future.

    They arrived there, or are held beyond `latest`, which no lease can reach.
    """
    asked = {"soon": now + SKEW, "latest": latest}
    return conn.execute(_OF_WRONG_TIME, asked).scalar_one()


@dataclass
class Watch:
    """What one process knows of it, up to FRESH_SECONDS old: every page shows it."""

    database: Database
    # A shorter wait is nothing to speak of.
    patience: float
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looked: float = float("-inf")
    _seconds: float = 0.0

    def minutes(self) -> int:
        """For how many minutes nothing was decided; 0 while that is nothing to say."""
        with self._lock:
            if self.clock() - self._looked > FRESH_SECONDS:
                with self.database.read() as conn:
                    self._seconds = undecided_seconds(conn, datetime.now(UTC))
                self._looked = self.clock()
            return round(self._seconds / 60) if self._seconds > self.patience else 0
