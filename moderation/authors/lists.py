"""Who is marked on a site: trusted and banned authors, banned domains and networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, text

from moderation.audit import journal
from moderation.audit.journal import Entry, EntryRef
from moderation.authors import bans
from moderation.enums import Act, BanKind
from moderation.errors import NotFound
from moderation.schema.authors import ban
from moderation.schema.comments import author
from moderation.sites.site import Site

# More than anybody reads; the newest are shown.
LIMIT = 200
# As the partial index has it, so that both stores see that it holds the answer.
_MARKED = text("(author.trusted OR author.banned)")


@dataclass(frozen=True)
class FlaggedAuthor:
    """An author who is trusted or banned."""

    id: str
    name: str
    trusted: bool
    banned: bool
    banned_until: datetime | None


@dataclass(frozen=True)
class BanEntry:
    """A mail domain or a network that is banned."""

    kind: BanKind
    value: str
    until: datetime | None


def authors(conn: Connection, site_id: int, now: datetime) -> Sequence[FlaggedAuthor]:
    """The authors who are trusted, or banned at the moment, who came last first."""
    rows = conn.execute(
        select(
            author.c.public_id,
            author.c.name,
            author.c.trusted,
            author.c.banned,
            author.c.banned_until,
        )
        .where(author.c.site_id == site_id, _MARKED)
        .order_by(author.c.id.desc())
        .limit(LIMIT)
    )
    found = [
        FlaggedAuthor(
            id=row.public_id,
            name=row.name,
            trusted=row.trusted,
            banned=bans.is_on(row.banned, row.banned_until, now),
            banned_until=row.banned_until,
        )
        for row in rows
    ]
    return [each for each in found if each.trusted or each.banned]


def senders(conn: Connection, site_id: int, now: datetime) -> Sequence[BanEntry]:
    """The domains and networks that are banned at the moment, each once."""
    rows = conn.execute(
        select(ban.c.kind, ban.c.value, ban.c.until)
        .where(
            ban.c.site_id == site_id,
            ban.c.lifted_at.is_(None),
            or_(ban.c.until.is_(None), ban.c.until > now),
        )
        .order_by(ban.c.kind, ban.c.value, ban.c.id)
        .limit(LIMIT)
    )
    latest = {(row.kind, row.value): row.until for row in rows}
    return [
        BanEntry(BanKind(kind), value, until) for (kind, value), until in latest.items()
    ]


def lift(
    conn: Connection, of: Site, kind: BanKind, value: str, *, actor: str, now: datetime
) -> EntryRef:
    """End the bans of a domain or network on a site; NotFound when there are none."""
    effects = bans.lift(conn, [of.id], kind, value, now)
    if not effects:
        raise NotFound("ban")
    return journal.write(conn, Entry(Act.BAN, actor, now, (of.id,), effects=effects))
