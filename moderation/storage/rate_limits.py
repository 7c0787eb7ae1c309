"""How often is too often: visits counted in Redis, or in this process without it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

import structlog
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import ReadOnlyError
from redis.retry import Retry

from moderation.storage.redis_client import NO_REDIS

OFF = "off"
TIMEOUT_SECONDS = 0.5
# How long this process counts by itself before it asks Redis again.
AWAY_SECONDS = 5.0

log = structlog.get_logger(__name__)
_items = lru_cache(parse_many)


@dataclass
class RateLimits:
    """Counts visits by key. Redis away: each process counts for itself until it is back.

    Flask-Limiter is not used: its limits with a key of their own belong to a line of
    code, and threads that meet on that line count each other's visitors.
    """

    shared: FixedWindowRateLimiter | None
    own: FixedWindowRateLimiter
    _away_until: float = 0.0

    @classmethod
    def at(cls, redis_url: str) -> RateLimits:
        """Counters in the Redis at this address; connects when first asked."""
        return cls(
            FixedWindowRateLimiter(_storage(redis_url)) if redis_url else None,
            FixedWindowRateLimiter(MemoryStorage()),
        )

    def seconds_to_wait(self, limit: str, *key: str) -> int:
        """Count a visit: 0 when it is within `limit`, else when the next one will be."""
        if limit == OFF:
            return 0
        if self.shared is not None and time.monotonic() >= self._away_until:
            try:
                return _hit(self.shared, limit, key)
            except NO_REDIS as error:
                log.warning("rates_not_shared", error=type(error).__name__)
                self._away_until = time.monotonic() + AWAY_SECONDS
        return _hit(self.own, limit, key)

    def forget(self, limit: str, *key: str) -> None:
        """Count anew: what was counted here so far is of no interest any more."""
        if limit == OFF:
            return
        if self.shared is not None and time.monotonic() >= self._away_until:
            try:
                _forget(self.shared, limit, key)
            except NO_REDIS as error:
                log.warning("rates_not_shared", error=type(error).__name__)
                self._away_until = time.monotonic() + AWAY_SECONDS
        _forget(self.own, limit, key)


def _storage(redis_url: str) -> RedisStorage:
    # The library has a scheme of its own for sockets.
    prefix = "redis+" if redis_url.startswith("unix://") else ""
    return RedisStorage(
        prefix + redis_url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
        # After a failover the connection leads to a replica: the next one may not.
        retry_on_error=[ReadOnlyError],  # type: ignore[arg-type]
    )


def _hit(limiter: FixedWindowRateLimiter, limit: str, key: tuple[str, ...]) -> int:
    refused: list[RateLimitItem] = [
        item for item in _items(limit) if not limiter.hit(item, *key)
    ]
    resets = [limiter.get_window_stats(item, *key).reset_time for item in refused]
    return max(1, round(max(resets) - time.time())) if resets else 0


def _forget(limiter: FixedWindowRateLimiter, limit: str, key: tuple[str, ...]) -> None:
    for item in _items(limit):
        limiter.clear(item, *key)
