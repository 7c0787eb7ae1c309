"""Authors as their page shows them: what they wrote and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from moderation.audit import actors
from moderation.authors import bans
from moderation.authors.bans import Ban
from moderation.enums import Reason, ReportReason, Status
from moderation.errors import NotFound
from moderation.review import queue
from moderation.schema.accounts import moderator
from moderation.schema.audit import decision
from moderation.schema.comments import IS_CURRENT, author, comment, revision
from moderation.schema.feedback import report
from moderation.schema.search import comment_index
from moderation.schema.sites import site

# What the page shows of decisions and reports.
LATEST = 20

_IS_THEIRS = comment.c.author_id == bindparam("author")
# Asked with every page of an author: made once.
_LATEST = (
    select(comment.c.id)
    .where(_IS_THEIRS)
    .order_by(comment.c.id.desc())
    .limit(10 * LATEST)
    .subquery()
)
_JUDGEMENTS = (
    select(
        comment.c.public_id,
        revision.c.text,
        decision.c.to_status,
        decision.c.reason,
        func.coalesce(moderator.c.name, ""),
        decision.c.created_at,
    )
    .join(_LATEST, _LATEST.c.id == decision.c.comment_id)
    .join(comment, comment.c.id == decision.c.comment_id)
    .join(
        revision,
        (revision.c.comment_id == comment.c.id)
        & (revision.c.number == decision.c.revision),
    )
    .join(moderator, actors.is_moderator(decision.c.actor))
    .order_by(decision.c.id.desc())
    .limit(LATEST)
)
_ADDRESSES = (
    select(comment_index.c.address)
    .join(comment, comment.c.id == comment_index.c.comment_id)
    .where(_IS_THEIRS, comment_index.c.address.is_not(None))
    .order_by(comment.c.id.desc())
    .limit(10 * LATEST)
)
_REPORTED = (
    select(
        comment.c.public_id,
        report.c.reason,
        report.c.text,
        report.c.created_at,
        report.c.agreed,
    )
    .join(comment, comment.c.id == report.c.comment_id)
    .order_by(report.c.id.desc())
    .limit(LATEST)
)
_RECEIVED = _REPORTED.where(_IS_THEIRS)
_MADE = _REPORTED.where(
    report.c.site_id == bindparam("site"),
    report.c.reporter.in_(bindparam("addresses", expanding=True)),
)


@dataclass(frozen=True)
class Author:
    """One author on one site."""

    row_id: int
    id: str
    site_id: int
    site_key: str
    site_name: str
    name: str
    email: str
    url: str
    approved: int
    rejected: int
    trusted: bool
    # In force at the moment, not one that has run out.
    banned: bool
    banned_until: datetime | None
    first_seen: datetime
    mail_domain: str
    network: str
    # Names of the moderator's other sites where the same address writes.
    elsewhere: tuple[str, ...]
    # Bans of the mail domain or the network.
    bans: tuple[Ban, ...]


@dataclass(frozen=True)
class Judgement:
    """A decision that a person made about one of the author's comments."""

    comment_id: str
    text: str
    to_status: Status
    reason: Reason | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ReportCount:
    """A report that the author made, or that was made about them."""

    comment_id: str
    complaint: ReportReason
    text: str
    at: datetime
    agreed: bool | None


def find(
    conn: Connection, public_id: str, site_ids: Collection[int], now: datetime
) -> Author:
    """The author with this id; NotFound unless they write on one of the sites."""
    row = conn.execute(
        select(author, site.c.key.label("site_key"), site.c.name.label("site_name"))
        .join(site, site.c.id == author.c.site_id)
        .where(author.c.public_id == public_id, author.c.site_id.in_(site_ids))
    ).first()
    if row is None:
        raise NotFound("author")
    latest = conn.execute(
        select(revision.c.email, revision.c.url, revision.c.network)
        .join(comment, IS_CURRENT)
        .where(comment.c.author_id == row.id)
        .order_by(comment.c.id.desc())
        .limit(1)
    ).first()
    mail_domain = bans.domain_of(latest.email) if latest else ""
    network = (latest.network or "") if latest else ""
    values = {each for each in (mail_domain, network) if each}
    return Author(
        row_id=row.id,
        id=row.public_id,
        site_id=row.site_id,
        site_key=row.site_key,
        site_name=row.site_name,
        name=row.name,
        email=latest.email if latest else "",
        url=latest.url if latest else "",
        approved=row.approved,
        rejected=row.rejected,
        trusted=row.trusted,
        banned=bans.is_on(row.banned, row.banned_until, now),
        banned_until=row.banned_until,
        first_seen=row.first_seen,
        mail_domain=mail_domain,
        network=network,
        elsewhere=_elsewhere(conn, row.identity, set(site_ids) - {row.site_id}),
        bans=tuple(bans.in_force(conn, [row.site_id], values, now)),
    )


def comment_ids(
    conn: Connection, author_row: int, *, before: str = "", limit: int
) -> list[int]:
    """Row keys of an author's comments, newest first, from behind `before` on."""
    statement = select(comment.c.id).where(comment.c.author_id == author_row)
    if before:
        place = queue.place_of(conn, before)
        statement = statement.where(comment.c.id < (place or 0))
    newest = statement.order_by(comment.c.id.desc()).limit(limit)
    return list(conn.execute(newest).scalars())


def judgements(conn: Connection, author_row: int) -> list[Judgement]:
    """What people decided lately about the author's latest comments, newest first."""
    rows = conn.execute(_JUDGEMENTS, {"author": author_row})
    return [
        Judgement(
            row[0], row[1], Status(row[2]), Reason(row[3]) if row[3] else None, *row[4:]
        )
        for row in rows
    ]


def reports_received(conn: Connection, author_row: int) -> list[ReportCount]:
    """The latest reports about the author's comments."""
    return _reported(conn.execute(_RECEIVED, {"author": author_row}))


def reports_made(conn: Connection, of: Author) -> list[ReportCount]:
    """The latest reports from the addresses that the author wrote from on the site."""
    known = set(conn.execute(_ADDRESSES, {"author": of.row_id}).scalars())
    if not known:
        return []
    asked = {"site": of.site_id, "addresses": sorted(known)}
    return _reported(conn.execute(_MADE, asked))


def _reported(rows: Iterable[Row[Any]]) -> list[ReportCount]:
    return [
        ReportCount(
            row.public_id,
            ReportReason(row.reason),
            row.text,
            row.created_at,
            row.agreed,
        )
        for row in rows
    ]


def _elsewhere(
    conn: Connection, identity: str, site_ids: Collection[int]
) -> tuple[str, ...]:
    rows = conn.execute(
        select(site.c.name)
        .join(author, author.c.site_id == site.c.id)
        .where(author.c.identity == identity, author.c.site_id.in_(site_ids))
        .order_by(site.c.name)
    )
    return tuple(rows.scalars())
