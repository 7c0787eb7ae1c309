"""Whether the store takes writes: asked by machines that watch, often and all at once."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moderation.schema.processes import process_number
from moderation.storage import store_errors
from moderation.storage.database import Database, upsert

# So long an answer is good for everybody who asks.
GOOD_SECONDS = 1.0
# A write that takes longer is an answer too.
PATIENCE_SECONDS = 5.0
# A number that no process leases (`identity.LEASED_NUMBERS`).
_ROW = 0


@dataclass
class WriteProbe:
    """Writes one row, the same each time, at most once a second in a process.

    While one thread writes, the others go by the answer before: whoever watches a slow
    store must not take its last threads.
    """

    database: Database
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: float = -GOOD_SECONDS
    _answered: float = -GOOD_SECONDS
    _reason: str | None = None

    def reason(self) -> str | None:
        """Why nothing can be written; None when something was, just now."""
        if time.monotonic() - self._answered < GOOD_SECONDS:
            return self._reason
        if not self._lock.acquire(blocking=False):
            is_slow = time.monotonic() - self._asked > PATIENCE_SECONDS
            return "takes too long to write" if is_slow else self._reason
        try:
            self._asked = time.monotonic()
            self._reason = self._write()
            self._answered = time.monotonic()
        finally:
            self._lock.release()
        return self._reason

    def _write(self) -> str | None:
        values = {"holder": "write probe", "held_until": datetime.now(UTC)}
        try:
            with self.database.write() as conn:
                statement = upsert(conn, process_number).values(number=_ROW, **values)
                conn.execute(
                    statement.on_conflict_do_update(
                        index_elements=[process_number.c.number], set_=values
                    )
                )
        except store_errors.StoreError as error:
            return store_errors.reason(error)
        return None
