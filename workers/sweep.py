"""The sweep: what no wake-up announced is found here, whatever happened to Redis."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from moderation import metrics
from moderation.comments import pending
from workers import send_notices, send_webhooks
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain

log = structlog.get_logger(__name__)

# How long the last round may take before the process ends without it.
LAST_ROUND_SECONDS = 10.0
# In so many rounds after the first a job may come for what waits.
ROUNDS_MAX = 2


@dataclass
class Sweep:
    """Looks every few seconds for pending comments that nobody holds.

    It rings for them. When Redis cannot be reached, or when the oldest of them is still
    the same after two rounds, whatever Redis says, it decides them itself, in its own
    thread. Leases keep it and the jobs out of each other's way.
    """

    runtime: Runtime
    # The oldest that waited in the last round, and in how many rounds before it.
    _oldest: int | None = None
    _rounds: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Run beside the worker, from now on, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Do not begin another round, and let this one end.

        A thread that is inside of a compiled library when the process ends would take
        the process down with SIGABRT.
        """
        self._stop.set()
        if self._thread is not None:
            self._thread.join(LAST_ROUND_SECONDS)

    def once(self) -> None:
        """One round."""
        if self._is_left():
            drain(self.runtime)
        self.runtime.job_queue.forget_now_and_then()
        if send_notices.is_due(self.runtime) or send_webhooks.is_due(self.runtime):
            self.runtime.job_queue.schedule_delivery()
        describe(self.runtime)

    def _is_left(self) -> bool:
        """Whether something waits that no job will decide.

        Counted in rounds and not in seconds: the clock may have been wrong.
        """
        lease = timedelta(seconds=self.runtime.settings.lease_seconds)
        with self.runtime.database.read() as conn:
            oldest = pending.first_waiting(conn, lease, datetime.now(UTC))
        self._rounds = self._rounds + 1 if oldest == self._oldest else 0
        self._oldest = oldest
        if oldest is None:
            return False
        return (
            not self.runtime.job_queue.force_wake_worker() or self._rounds >= ROUNDS_MAX
        )

    def _run(self) -> None:
        metrics.SCORE_WORKERS.set(1)
        while not self._stop.is_set():
            metrics.still_alive(self.runtime.settings.data_dir)
            try:
                self.once()
            # The outermost edge: mostly the database is away. Whatever it was, the
            # next round asks again, because nobody else would.
            except Exception as error:
                log.warning("sweep_failed", error=type(error).__name__)
            self._stop.wait(self.runtime.settings.sweep_seconds)
        metrics.SCORE_WORKERS.set(0)
