"""A worker process with a scorer of the tests: ``python -m tests.standin score``.

The worker is the real one; only what it scores with is another. With
``TEST_GATE`` in the environment it stops at that gate in the middle of each batch.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from moderation import logs
from moderation.settings import Settings
from moderation.storage.database import connect
from moderation.storage.job_queue import JobQueue
from tests.fakes import FixedScorer, Gate
from workers.runtime import Runtime
from workers.worker import work

GATE = "TEST_GATE"


def main(queue: str) -> None:
    """Serve `queue` with the settings in the environment."""
    settings = Settings.read()
    logs.configure(settings.log_level)
    folder = os.environ.get(GATE)
    gate = Gate(Path(folder)) if folder else None
    work(
        Runtime(
            settings=settings,
            database=connect(settings.sqlalchemy_url, pool_size=2),
            job_queue=JobQueue.at(settings.redis_url),
            scorer=FixedScorer(gate=gate),
        ),
        queue,
    )


if __name__ == "__main__":
    main(sys.argv[1])
