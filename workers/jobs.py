"""The jobs, by the names that `moderation.dispatch` enqueues."""

from __future__ import annotations

from workers.drain import drain
from workers.runtime import current


def score_pending() -> int:
    """Decide all that is pending. May run twice, or for nothing: it asks the rows."""
    return drain(current())
