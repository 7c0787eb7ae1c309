"""Real rows with sensible defaults, made by the functions that the service uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy import Connection, update

from moderation.accounts import moderators
from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Draft, Stored
from moderation.comments.submission import Channel, Submission
from moderation.comments.submit import draft, submit
from moderation.enums import ATTRIBUTES, Role
from moderation.schema.accounts import moderator
from moderation.signing import Keyring
from moderation.sites import site as sites
from moderation.sites.settings import SiteSettings, Threshold
from moderation.sites.site import Site

ORIGIN = "https://news.example.org"
ARTICLE = f"{ORIGIN}/2026/harbour"
# Nothing is certain enough to be rejected without a person.
CAREFUL = SiteSettings(
    thresholds={name: Threshold(hold_at=0.5, reject_at=1.01) for name in ATTRIBUTES}
)
PASSWORD = "correct horse battery staple"
KEYRING = Keyring("a secret key that only tests know")
# What a hash costs is written in it, and this one costs next to nothing: hundreds of
# tests sign in. Those of accounts and commands store what the service makes itself.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_number = count(1)


def a_site(
    conn: Connection,
    *,
    key: str = "",
    origins: Sequence[str] = (ORIGIN,),
    settings: SiteSettings | None = None,
) -> Site:
    """A site of its own; give a key to find it again."""
    key = key or f"site-{next(_number)}"
    now = datetime.now(UTC)
    name = f"The news of {key}"
    return sites.add(
        conn, key=key, name=name, origins=origins, now=now, settings=settings
    )


def a_moderator(
    conn: Connection, *of: Site, role: Role = Role.MODERATOR, email: str = ""
) -> Moderator:
    """A person with `role` on the sites given, and the password PASSWORD."""
    number = next(_number)
    email = email or f"moderator-{number}@example.org"
    added = moderators.add(
        conn,
        email=email,
        name=f"Moderator {number}",
        password=None,
        now=datetime.now(UTC),
    )
    conn.execute(
        update(moderator).where(moderator.c.id == added.id).values(password_hash=_HASH)
    )
    for site in of:
        moderators.join(conn, added.id, site.id, role)
    return added


def a_submission(text: str = "", **wanted: object) -> Submission:
    """A reply to one article, as a form sends it."""
    number = next(_number)
    values: dict[str, object] = {
        "site_key": "news",
        "door": Channel.FORM,
        "thread_url": ARTICLE,
        "thread_title": "The new harbour",
        "text": text or f"I walked past the harbour this morning, number {number}.",
        "name": f"Reader {number}",
        "email": f"reader-{number}@example.org",
        "origin": ORIGIN,
        "address": "192.0.2.7",
        "user_agent": "Mozilla/5.0",
    }
    return Submission(**(values | wanted))  # type: ignore[arg-type]


def a_draft(
    site: Site, text: str = "", *, notify_in: str = "", **wanted: object
) -> Draft:
    """A submission that has passed the door."""
    return draft(
        a_submission(text, **({"site_key": site.key} | wanted)),
        site,
        KEYRING,
        seconds_on_form=30.0,
        now=datetime.now(UTC),
        notify_in=notify_in,
    )


def a_comment(conn: Connection, site: Site, text: str = "", **wanted: object) -> Stored:
    """A pending comment."""
    (stored,) = submit(conn, [a_draft(site, text, **wanted)])  # type: ignore[arg-type]
    assert isinstance(stored, Stored)
    return stored
