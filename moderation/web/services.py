"""What the views work with: built once by ``create_app``, found through the app."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from moderation import scorer as scorers
from moderation.comments.draft import Draft, Stored
from moderation.comments.group_commit import GroupCommit
from moderation.comments.page_cache import Pages
from moderation.errors import Refused
from moderation.review.change_tags import ChangeTagCache
from moderation.review.explanations import Explanations
from moderation.scorer import Scorer
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import site as sites
from moderation.sites.site import Site
from moderation.storage import store_errors
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from moderation.storage.rate_limits import RateLimits
from moderation.storage.write_probe import WriteProbe
from moderation.web.proxies import Proxies

# Settings of a site take effect within this time in every process.
SITE_SECONDS = 2.0


@dataclass
class Services:
    """Settings, store, wake-up, keys, scorer and caches of one web process."""

    settings: Settings
    database: Database
    keyring: Keyring
    job_queue: JobQueue
    rates: RateLimits
    proxies: Proxies
    intake: GroupCommit[Draft, Stored | Refused]
    pulse: ChangeTagCache
    probe: WriteProbe
    pages: Pages = field(default_factory=Pages)
    explanations: Explanations = field(default_factory=Explanations)
    _sites: dict[str, tuple[float, Site]] = field(default_factory=dict)
    _scorer: Scorer | None = None
    _scorer_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def scorer(self) -> Scorer:
        """The scorer for those who cannot wait for a worker; loaded when first used."""
        with self._scorer_lock:
            if self._scorer is None:
                self._scorer = scorers.load(self.settings.registry_dir)
            return self._scorer

    def site(self, key: str) -> Site:
        """The site with this public key; Refused when there is none, or no store."""
        known = self._sites.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        try:
            with self.database.read() as conn:
                found = sites.find(conn, key)
        except store_errors.StoreError as error:
            if not store_errors.is_unavailable(error):
                raise
            raise Refused("store_unavailable", retry_after=5) from error
        if found is None:
            raise Refused("site_unknown")
        self._sites[key] = (time.monotonic() + SITE_SECONDS, found)
        return found


def current_services() -> Services:
    """The services of the app that answers the current request."""
    return cast(Services, current_app.extensions["moderation"])
