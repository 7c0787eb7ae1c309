"""The website of an author, as people write it."""

from __future__ import annotations

import re

# "https:", "javascript:", but not "example.org:8080".
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_LIKE_A_HOST = re.compile(r"[^\s/?#@:]+\.[^\s/?#@:.]+\.?(?::\d+)?(?:[/?#]|$)")


def completed(typed: str) -> str:
    """An address with https:// before it where it names only a host.

    What has a scheme stays what it is, and so does what is no address at all.
    """
    bare = typed.removeprefix("//")
    if bare == typed and _SCHEME.match(typed):
        return typed
    return f"https://{bare}" if _LIKE_A_HOST.match(bare) else typed
