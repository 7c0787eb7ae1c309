"""What moderators decide about authors: trusted, banned, their last hours rejected.

Each act is one journal entry with all that goes with it, so that one undo takes back
a ban together with its sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from moderation.accounts.actor import Actor
from moderation.actions import bulk
from moderation.actions.bulk import BulkDecision, BulkResult, SeenComment
from moderation.audit import journal
from moderation.audit.journal import Effect, Entry
from moderation.authors import bans, flags
from moderation.enums import Act, AuthorFlagAction, BanKind, Reason, Status
from moderation.errors import NotFound
from moderation.ids import key_at
from moderation.schema.comments import IS_CURRENT, author, comment, revision
from moderation.storage import site_locks
from moderation.storage.database import Database

SWEEP_HOURS_MAX = 720
_BAN_KINDS = {
    AuthorFlagAction.BAN_DOMAIN: BanKind.DOMAIN,
    AuthorFlagAction.UNBAN_DOMAIN: BanKind.DOMAIN,
    AuthorFlagAction.BAN_NETWORK: BanKind.NETWORK,
    AuthorFlagAction.UNBAN_NETWORK: BanKind.NETWORK,
}


@dataclass(frozen=True)
class AuthorAction:
    """What is to become of an author."""

    mark: AuthorFlagAction
    # On every site of the moderator where the same address writes, or on this one.
    everywhere: bool = False
    until: datetime | None = None
    # Reject what the author wrote in so many hours; 0 rejects nothing.
    sweep_hours: int = 0
    reason: Reason = Reason.OTHER
    view: str = ""


def act_on_author(
    database: Database, who: Actor, author_id: str, said: AuthorAction, now: datetime
) -> BulkResult:
    """Apply a marking; NotFound unless the author writes where the moderator decides.

    Without `opened` in the outcome nothing had to be changed. Where there is nothing to
    ban (no e-mail, a forgotten network) NotFound names what is missing.
    """
    outcome = BulkResult()
    order = BulkDecision(Status.REJECTED, said.reason, said.view)
    with database.write() as conn:
        authors = _authors(conn, who, author_id, everywhere=said.everywhere)
        site_locks.lock_sites(conn, {each.site_id for each in authors})
        effects = _effects(conn, authors, said, now)
        seen = _lately(conn, authors, said.sweep_hours, now)
        if not effects and not seen:
            return outcome
        detail: dict[str, object] = {"mark": said.mark.value, "author": author_id}
        if said.view:
            detail["view"] = said.view
        act = _act(said.mark)
        sites = [each.site_id for each in authors]
        entry = Entry(act, who.actor, now, sites, detail, effects)
        outcome.opened = journal.write(conn, entry)
        bans.enter(conn, effects, outcome.opened, now)
        first = seen[: bulk.CHUNK]
        bulk.apply(conn, who, order, first, now, outcome, act)
    for begin in range(bulk.CHUNK, len(seen), bulk.CHUNK):
        chunk = seen[begin : begin + bulk.CHUNK]
        with database.write() as conn:
            bulk.apply(conn, who, order, chunk, now, outcome, act)
    return outcome


def _act(chosen: AuthorFlagAction) -> Act:
    if chosen is AuthorFlagAction.SWEEP:
        return Act.SWEEP
    return Act.BAN if chosen in _BAN_KINDS else Act.AUTHOR


def _authors(
    conn: Connection, who: Actor, author_id: str, *, everywhere: bool
) -> Sequence[Any]:
    """The author, first; and who has the same address on the other sites."""
    row = conn.execute(
        select(author).where(
            author.c.public_id == author_id, author.c.site_id.in_(who.site_ids)
        )
    ).first()
    if row is None:
        raise NotFound("author")
    if not everywhere:
        return [row]
    others = conn.execute(
        select(author).where(
            author.c.identity == row.identity,
            author.c.site_id.in_(set(who.site_ids) - {row.site_id}),
        )
    )
    return [row, *others]


def _effects(
    conn: Connection, authors: Sequence[Any], said: AuthorAction, now: datetime
) -> list[Effect]:
    if said.mark is AuthorFlagAction.SWEEP:
        return []
    if said.mark in _BAN_KINDS:
        return _wide(conn, authors, said, now)
    known: dict[AuthorFlagAction, dict[str, object]] = {
        AuthorFlagAction.TRUST: {
            "trusted": True,
            "banned": False,
            "banned_until": None,
        },
        AuthorFlagAction.UNTRUST: {"trusted": False},
        AuthorFlagAction.BAN: {
            "trusted": False,
            "banned": True,
            "banned_until": said.until.astimezone(UTC).isoformat()
            if said.until
            else None,
        },
        AuthorFlagAction.UNBAN: {"banned": False, "banned_until": None},
    }
    marks = known[said.mark]
    return [
        flags.set_flags(conn, each.site_id, each.identity, marks, now)
        # In the order in which batches lock them.
        for each in sorted(authors, key=lambda each: each.id)
    ]


def _wide(
    conn: Connection, authors: Sequence[Any], said: AuthorAction, now: datetime
) -> list[Effect]:
    kind = _BAN_KINDS[said.mark]
    value = _sender(conn, authors[0].id)[kind]
    if not value:
        raise NotFound(kind.value)
    sites = [each.site_id for each in authors]
    if said.mark in (AuthorFlagAction.UNBAN_DOMAIN, AuthorFlagAction.UNBAN_NETWORK):
        return bans.lift(conn, sites, kind, value, now)
    return [bans.impose(each, kind, value, said.until) for each in sites]


def _sender(conn: Connection, author_row: int) -> dict[BanKind, str]:
    """The mail domain and the network that an author wrote from last."""
    row = conn.execute(
        select(revision.c.email, revision.c.network)
        .join(comment, IS_CURRENT)
        .where(comment.c.author_id == author_row)
        .order_by(comment.c.id.desc())
        .limit(1)
    ).first()
    return {
        BanKind.DOMAIN: bans.domain_of(row.email) if row else "",
        BanKind.NETWORK: (row.network or "") if row else "",
    }


def _lately(
    conn: Connection, authors: Sequence[Any], hours: int, now: datetime
) -> list[SeenComment]:
    """What stands or waits of the last hours, newest first."""
    if not hours:
        return []
    rows = conn.execute(
        select(comment.c.public_id, comment.c.revision, comment.c.status)
        .where(
            comment.c.author_id.in_([each.id for each in authors]),
            comment.c.id >= key_at(now - timedelta(hours=hours)),
            comment.c.status.in_([Status.HELD.value, Status.APPROVED.value]),
        )
        .order_by(comment.c.id.desc())
        .limit(bulk.LIMIT)
    )
    return [SeenComment(row[0], row[1], Status(row[2])) for row in rows]
