"""The sweep: what no doorbell announced is found here, whatever happened to Redis."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from moderation import cases
from workers import notices, webhooks
from workers.describe import describe
from workers.drain import drain
from workers.runtime import Runtime

log = structlog.get_logger(__name__)

# How long the last round may take before the process ends without it.
LAST_ROUND_SECONDS = 10.0


@dataclass
class Sweep:
    """Looks every few seconds for pending comments that nobody holds.

    It rings for them; when Redis cannot be reached it decides them itself, in its
    own thread. Leases keep it and the jobs out of each other's way.
    """

    runtime: Runtime
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
        with self.runtime.database.read() as conn:
            waiting = cases.is_waiting(conn, datetime.now(UTC))
        if waiting and not self.runtime.bell.ring_again():
            drain(self.runtime)
        describe(self.runtime)
        self.runtime.bell.forget_now_and_then()
        if notices.is_due(self.runtime) or webhooks.is_due(self.runtime):
            self.runtime.bell.call_postman()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.once()
            # The outermost edge: mostly the database is away. Whatever it was, the
            # next round asks again, because nobody else would.
            except Exception as error:
                log.warning("sweep_failed", error=type(error).__name__)
            self._stop.wait(self.runtime.settings.sweep_seconds)
