"""A submission: the untrusted form as it arrived, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b


class Channel(StrEnum):
    """Which way a submission came in."""

    FORM = "form"  # an HTML form, with or without our widget's help
    BROWSER = "browser"  # the JSON API, called by a page
    SERVER = "server"  # the JSON API, called with the site's secret key


@dataclass(frozen=True)
class Submission:
    """What a visitor sent; every field may hold anything a visitor can type."""

    site_key: str
    door: Channel
    text: str
    name: str
    thread_url: str
    email: str = ""
    url: str = ""
    # Whether the form asked for a website: an empty one was then left empty.
    website_offered: bool = False
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


def text_hash(text: str) -> int:
    """A signed 64-bit hash of the words alone: case and spacing do not matter."""
    folded = " ".join(text.casefold().split())
    digest = blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
