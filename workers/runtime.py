"""What a worker process holds while it works: built once, before the first job."""

from __future__ import annotations

from dataclasses import dataclass

from moderation import scorer as scorers
from moderation.scorer import Scorer
from moderation.settings import Settings
from moderation.sites.settings import Threshold
from moderation.storage.database import Database, connect
from moderation.storage.job_queue import JobQueue


@dataclass(frozen=True)
class Runtime:
    """Settings, store, wake-up and scorer of this process."""

    settings: Settings
    database: Database
    job_queue: JobQueue
    scorer: Scorer

    @classmethod
    def build(cls, settings: Settings) -> Runtime:
        """Connect, and load the models."""
        return cls(
            settings=settings,
            database=connect(settings.sqlalchemy_url, pool_size=2, yields=True),
            job_queue=JobQueue.at(settings.redis_url),
            scorer=scorers.load(settings.registry_dir),
        )

    @property
    def thresholds(self) -> dict[str, Threshold]:
        """The thresholds that were measured for the model in use."""
        return {
            name: Threshold.model_validate(values)
            for name, values in self.scorer.default_thresholds.items()
        }


_installed: list[Runtime] = []


def install(runtime: Runtime) -> None:
    """Make `runtime` the one that this process's jobs use."""
    _installed[:] = [runtime]


def current() -> Runtime:
    """The process's runtime; jobs get ids from RQ and everything else from here."""
    if not _installed:
        raise RuntimeError("no runtime: start jobs with `moderation worker`")
    return _installed[0]
