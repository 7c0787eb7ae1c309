"""Addresses of sites: which part of one says where it may be sent from."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from moderation.sites import hosts

# Browsers read a backslash as a slash and drop some blanks: what a library takes for
# the host is then not where they go.
_READ_DIFFERENTLY = re.compile(r"[\s\\\x00-\x1f\x7f]")


# A site's pages and origins come again and again.
@lru_cache(maxsize=4096)
def origin_of(url: str) -> str | None:
    """Scheme, host and port of an http address, in lower case and ASCII; None for all else.

    Anything else is also an address that browsers and libraries read differently, and
    one with a user name before the host.
    """
    if _READ_DIFFERENTLY.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    if not parts.hostname:
        return None
    try:
        name = hosts.canonical(parts.hostname)
    except ValueError:
        return None
    if not name:
        return None
    host = f"[{name}]" if ":" in name else name
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, default) else f":{port}")
