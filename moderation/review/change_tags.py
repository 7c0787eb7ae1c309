"""One look for all open desks of a process: has anything moved?

Desks ask all the time and mostly nothing has. What is read here is up to FRESH_SECONDS
old and says no more than that nothing changed: whoever is told anything else is asked
anew who they are and what they may see.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from moderation.accounts import sessions
from moderation.review import claims, lanes
from moderation.storage.database import Database
from moderation.storage.stalled import Watch

FRESH_SECONDS = 0.25
# Sessions that asked last: a desk that is not among them is answered the long way.
SESSIONS_MAX = 1_000

Sites = frozenset[int]
NO_SITES: Sites = frozenset()


@dataclass
class ChangeTagCache:
    """Which sites each session may see, and the tags of those sites."""

    database: Database
    standstill: Watch
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _sites: OrderedDict[str, Sites] = field(default_factory=OrderedDict)
    _tags: dict[Sites, str] = field(default_factory=dict)
    _looked: float = float("-inf")

    def tag(self, token: str) -> str | None:
        """The tag of a session's desk; None where only a look of its own can tell."""
        with self._lock:
            if token not in self._sites:
                self._sites[token] = NO_SITES
                if len(self._sites) > SESSIONS_MAX:
                    self._sites.popitem(last=False)
                return None
            self._sites.move_to_end(token)
            if self.clock() - self._looked > FRESH_SECONDS:
                self._look()
            sites = self._sites[token]
            if sites and sites not in self._tags:
                with self.database.read() as conn:
                    self._tags[sites] = self.of(conn, sites, datetime.now(UTC))
            return self._tags.get(sites)

    def _look(self) -> None:
        now = self.clock()
        with self.database.read() as conn:
            found = sessions.sites(conn, self._sites, now=datetime.now(UTC))
        for each in self._sites:
            self._sites[each] = frozenset(found.get(each, NO_SITES))
        self._tags = {}
        self._looked = now

    def of(self, conn: Connection, site_ids: Collection[int], now: datetime) -> str:
        """Moves whenever an open desk may look different: also when a claim lapses."""
        version = lanes.version(conn, site_ids)
        running = claims.running(conn, site_ids, now)
        return f"{version}-{running}-{self.standstill.minutes()}"
