"""Ready-made pages of threads, kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from sqlalchemy import Connection

from moderation.comments.threads import Head, View, page

CACHE_BYTES = 32 * 1024 * 1024
# What a page in the cache costs besides its body: anyone may ask for endless small ones.
ENTRY_BYTES = 1024


@dataclass
class Pages:
    """Ready-made pages of threads, kept by version; the oldest goes first.

    A page is never out of date: whatever changes it gives the thread another
    version. Two readers at once may make the same page twice; nothing waits.
    """

    _pages: OrderedDict[tuple[int, int, View], bytes] = field(
        default_factory=OrderedDict
    )
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, conn: Connection, head: Head, view: View) -> bytes:
        """The page from memory, or made now."""
        key = (head.id, head.version, view)
        body = self._pages.get(key)
        if body is None:
            body = page(conn, head, view)
            self._keep(key, body)
        return body

    def _keep(self, key: tuple[int, int, View], body: bytes) -> None:
        with self._lock:
            if key not in self._pages:
                self._bytes += len(body) + ENTRY_BYTES
            self._pages[key] = body
            while self._bytes > CACHE_BYTES and len(self._pages) > 1:
                _, dropped = self._pages.popitem(last=False)
                self._bytes -= len(dropped) + ENTRY_BYTES
