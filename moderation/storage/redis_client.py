"""What every client of Redis does alike."""

from __future__ import annotations

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# Redis is away, full or read-only, or the client stumbles over what else answers there.
NO_REDIS = (RedisError, AttributeError, LookupError, TypeError, ValueError)


def answers(address: str) -> bool:
    """Whether a server at this Redis address answers within a second."""
    client = redis.Redis.from_url(
        address,
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except NO_REDIS:
        return False
    finally:
        client.close()


def is_cluster(redis_url: str) -> bool:
    """Whether the server is part of a Redis Cluster; RedisError when it does not answer.

    RQ's transactions name keys that a cluster keeps on different nodes.
    """
    with redis.Redis.from_url(redis_url, socket_timeout=5) as client:
        return bool(client.info("cluster").get("cluster_enabled"))
