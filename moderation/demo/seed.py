"""Fill the demo, the first time: ``python -m moderation.demo.seed``.

Every comment goes through the real door and the real worker; then a moderator
decides about some of them the way moderators do.
"""

from __future__ import annotations

import json
import secrets
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from moderation.accounts import moderators
from moderation.accounts.actor import Actor
from moderation.accounts.moderators import Moderator
from moderation.actions.decide import DecisionRequest, decide
from moderation.comments import threads
from moderation.demo import address, voices
from moderation.demo.remarks import Remark, read
from moderation.demo.visitor import Visitor
from moderation.enums import Reason, Role, Status
from moderation.review import queue
from moderation.review.lanes import Lane
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import keys
from moderation.sites import site as sites
from moderation.sites.page_addresses import identities
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
from moderation.supervisor.programs import DEMO_LOGIN

EMAIL = "moderator@example.org"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Login:
    """What the moderator of the demo signs in with; the password is known only now."""

    email: str
    password: str


def prepare(database: Database, settings: Settings, *, now: datetime) -> Login | None:
    """Make the site and its moderator; None when they are there already."""
    password = secrets.token_urlsafe(12)
    with database.write() as conn:
        if sites.find(conn, address.SITE_KEY):
            return None
        site = sites.add(
            conn,
            key=address.SITE_KEY,
            name=address.SITE_NAME,
            origins=address.origins(settings),
            now=now,
            # More than usual: the demo has few comments, and a lane for these.
            settings=SiteSettings(spot_check_share=0.5),
        )
        added = moderators.add(
            conn, email=EMAIL, name="Demo moderator", password=password, now=now
        )
        moderators.join(conn, added.id, site.id, Role.OWNER)
    return Login(EMAIL, password)


def fill(database: Database, settings: Settings) -> int:
    """Post the comments and decide about some; how many were posted.

    0 when the article has comments already. What an interrupted run has posted is
    refused as said before, so a second run only adds what is missing.
    """
    with database.read() as conn:
        site = sites.find(conn, address.SITE_KEY)
        moderator = moderators.find(conn, EMAIL)
        assert site is not None, "prepare comes first"
        assert moderator is not None, "prepare comes first"
        page = identities(address.thread_url(settings), site.page_rules)
        if threads.counts(conn, site.id, [page]):
            return 0
    secret = keys.of(site, Keyring(settings.secret_key)).secret
    visitor = Visitor(settings, secret)
    remarks = read()
    first = [remark for remark in remarks if not remark.answers]
    replies = [remark for remark in remarks if remark.answers]
    posted = 0
    # Only what is visible can be answered.
    for wave in (first, replies):
        parents = visitor.ids_by_author()
        for remark in wave:
            parent = parents.get(remark.answers, "")
            posted += visitor.post(
                name=remark.name,
                email=remark.email,
                url=remark.url,
                text=remark.text,
                parent=parent,
            )
        visitor.wait(PATIENCE_SECONDS)
        _moderate(database, site, moderator, wave)
    voices.speak(database, site, remarks, datetime.now(UTC))
    return posted


def _moderate(
    database: Database, site: Site, moderator: Moderator, remarks: Sequence[Remark]
) -> None:
    wanted = {(each.name, each.text): each.then for each in remarks if each.then}
    with database.read() as conn:
        cards = queue.waiting(conn, Lane([site.id]), limit=len(read()))
    who = Actor(moderator.public_id, [site.id])
    for card in cards:
        word, _, reason = wanted.get((card.name, card.text), "").partition(":")
        if not word:
            continue
        ruling = DecisionRequest(
            comment_id=card.id,
            revision=card.revision,
            seen=Status.HELD,
            to=Status(word),
            reason=Reason(reason) if reason else None,
        )
        decide(database, who, ruling, datetime.now(UTC))


def _untold(settings: Settings) -> Login | None:
    """The login that `make_site` has left; it is told once."""
    file = settings.data_dir / DEMO_LOGIN
    try:
        words = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    file.unlink()
    return Login(**words) if words else None


def main() -> None:
    """Fill the article, then say the login if it was made now.

    Last, so that it stands below what the workers log; and whatever happens, since
    nobody will ever know this password again.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit())
    settings = Settings.read().with_secret_key()
    database = connect(settings.sqlalchemy_url)
    login = prepare(database, settings, now=datetime.now(UTC)) or _untold(settings)
    try:
        fill(database, settings)
    finally:
        database.close()
        if login:
            print(
                f"\nSign in at {settings.base_url}/login (shown this once):\n"
                f"  E-mail    {login.email}\n"
                f"  Password  {login.password}\n"
                f"The article with its comments: http://{settings.demo_bind}/\n",
                flush=True,
            )


if __name__ == "__main__":
    main()
