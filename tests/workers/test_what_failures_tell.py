"""Whatever fails in a worker, neither the log nor Redis repeats what a visitor sent."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from moderation.settings import Settings
from tests.postbox import Postbox
from tests.servers import Valkey
from tests.service import Service

pytestmark = pytest.mark.parametrize("store", ["postgresql"])
WORDS = (
    "zanzibarquux",
    "xylophonius",
    "marked-domain",
    "brambleweb",
    "203.0.113.77",
    "heronbrowser",
)


@pytest.fixture
def settings(make_settings: Callable[..., Settings], postbox: Postbox) -> Settings:
    return make_settings(
        smtp_url=postbox.url, webhook_networks="127.0.0.0/8", grace_seconds=0
    )


def test_no_failed_statement_brings_words_of_a_visitor_into_the_log_or_redis(
    settings: Settings, valkey: Valkey
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.workers.failing"],
        env=Service(settings).environment(),
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    failed = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    with valkey.client() as redis:
        kept = "\n".join(_everything(redis))

    # Each job ran over more statements than could be by accident, and all failed once.
    assert {name: int(count) > 8 for name, count in failed.items()} == {
        f"workers.jobs.{name}": True for name in ("score_pending", "forget", "deliver")
    }
    assert "psycopg.errors.UniqueViolation" in done.stderr
    assert "rq:job:" in kept
    for word in WORDS:
        assert word not in done.stderr.lower()
        assert word not in kept.lower()
    for line in done.stderr.splitlines():
        assert json.loads(line)["event"]


def _everything(redis: Redis) -> Iterator[str]:
    """Every key with all that is in it, unpacked where RQ packs it."""
    for key in redis.scan_iter():
        kind = redis.type(key).decode()
        value: object = {
            "hash": redis.hgetall,
            "stream": redis.xrange,
            "zset": lambda name: redis.zrange(name, 0, -1),
            "set": redis.smembers,
            "list": lambda name: redis.lrange(name, 0, -1),
            "string": redis.get,
        }[kind](key)
        yield f"{key!r} {value!r}"
        if kind == "stream":
            for _, fields in redis.xrange(key):
                for packed in (fields.get(b"exc_string"), fields.get(b"return_value")):
                    if packed:
                        yield _unpacked(packed)


def _unpacked(packed: bytes) -> str:
    try:
        return zlib.decompress(b64decode(packed)).decode()
    except (ValueError, zlib.error):
        return repr(packed)
