"""A submission: the untrusted form as it arrived, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

# Parameters that say where a reader came from, not which page it is.
_TRACKING = frozenset({"fbclid", "gclid", "mc_cid", "mc_eid", "ref", "replytocom"})


# PostgreSQL keeps no more than 2,704 bytes of a row in an index.
IDENTITY_MAX_BYTES = 1024


class Door(StrEnum):
    """Which way a submission came in."""

    FORM = "form"  # an HTML form, with or without our widget's help
    BROWSER = "browser"  # the JSON API, called by a page
    SERVER = "server"  # the JSON API, called with the site's secret key


@dataclass(frozen=True)
class Submission:
    """What a visitor sent; every field may hold anything a visitor can type."""

    site_key: str
    door: Door
    text: str
    name: str
    thread_url: str
    email: str = ""
    url: str = ""
    thread_title: str = ""
    thread_id: str = ""
    parent: str = ""
    honeypot: bool = False
    form_token: str = ""
    origin: str | None = None
    address: str = ""
    user_agent: str = ""
    # The author asks to be told what becomes of the comment.
    notify: bool = False

    @property
    def thread_identity(self) -> str:
        """What makes two addresses the same page: see `page_identity`."""
        return (
            f"id:{self.thread_id}" if self.thread_id else page_identity(self.thread_url)
        )


@lru_cache(maxsize=4096)
def page_identity(url: str) -> str:
    """An address without what does not change the page.

    http or https, ``www.``, a trailing slash, the fragment and tracking parameters
    are dropped; other parameters stay, because ``?p=123`` is a page of its own. A
    very long address ends in a hash of the whole.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in _TRACKING and not name.startswith("utm_")
    ]
    tail = f"?{urlencode(sorted(query))}" if query else ""
    return _short(f"{host}{port}{parts.path.rstrip('/')}{tail}")


def _short(identity: str) -> str:
    whole = identity.encode("utf-8", "replace")
    if len(whole) <= IDENTITY_MAX_BYTES:
        return identity
    # No identity has a fragment: "#" tells a shortened one from all others.
    head = whole[: IDENTITY_MAX_BYTES - 65].decode("utf-8", "ignore")
    return f"{head}#{sha256(whole).hexdigest()}"
