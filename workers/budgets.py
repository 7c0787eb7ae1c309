"""How long a job may go on beginning exchanges with other servers.

A job that waits for slow servers holds its worker, and with it all other jobs of the
queue. What it leaves undone is in the store, and the sweep calls the next one for it.
"""

from __future__ import annotations

from time import monotonic

from moderation.outbound.http_client import EXCHANGE_SECONDS

JOB_SECONDS = 60.0


class Budget:
    """Time to begin exchanges in, `seconds` from now; each may take so long in turn."""

    def __init__(
        self,
        seconds: float = JOB_SECONDS,
        *,
        exchange_seconds: float = EXCHANGE_SECONDS,
    ) -> None:
        self.exchange_seconds = exchange_seconds
        self._end = monotonic() + seconds

    @property
    def is_used(self) -> bool:
        """Whether nothing more may be begun."""
        return monotonic() >= self._end
