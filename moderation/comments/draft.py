"""A submission on its way to the store, and what is there then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderation.authors.identity import Identity
from moderation.comments.page_threads import Names
from moderation.comments.submission import Submission
from moderation.enums import Status


@dataclass(frozen=True)
class Draft:
    """A submission that passed the door, with all that can be made before writing."""

    site_id: int
    submission: Submission
    # What its page is known by, see `page_addresses`.
    thread_names: Names
    author: Identity
    text_hash: int
    html: str
    address_hash: bytes | None
    network: str | None
    seconds_on_form: float | None
    received_at: datetime
    # In which language the author wants to hear what becomes of it; empty: not at all.
    notify_in: str


@dataclass(frozen=True)
class Stored:
    """A comment that is on disk."""

    public_id: str
    status: Status
    # Stored by an earlier submission of the same form.
    is_repeat: bool = False


Place = tuple[int, str]
