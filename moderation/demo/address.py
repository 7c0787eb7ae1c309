"""Where the demo stands and what of it the service has to know."""

from __future__ import annotations

from moderation.settings import Settings

SITE_KEY = "demo"
SITE_NAME = "The Daily Ledger"
ARTICLE = "/river-bridge"
TITLE = "The bridge is open again, and the town walks across"

# Addresses to listen on that are no addresses to go to.
_EVERYWHERE = frozenset({"0.0.0.0", "[::]", "::"})  # noqa: S104


def origin(settings: Settings) -> str:
    """The origin that the article names as its own."""
    host, _, port = settings.demo_bind.rpartition(":")
    return f"http://{'localhost' if host in _EVERYWHERE else host}:{port}"


def origins(settings: Settings) -> list[str]:
    """Every origin from which the demo's form may be sent."""
    port = settings.demo_bind.rpartition(":")[2]
    local = [f"http://{host}:{port}" for host in ("localhost", "127.0.0.1")]
    return list(dict.fromkeys([origin(settings), *local, "https://example.org"]))


def thread_url(settings: Settings) -> str:
    """The address of the article, as its canonical link says it."""
    return origin(settings) + ARTICLE
