"""Pending comments as the worker takes them: leased, and read with what they are judged by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, literal, select, text, update

from moderation.authors import bans, networks
from moderation.classifier_input import ClassifierInput
from moderation.enums import Status
from moderation.schema.comments import IS_CURRENT, author, comment, revision
from moderation.storage import leases
from moderation.storage.bulk import one_of

# How far back the same words count, and how many times make no more difference.
SAME_WORDS_WINDOW = timedelta(hours=24)
SAME_WORDS_MAX = 20

# A literal, so that PostgreSQL can prove that the partial index holds the answer.
_PENDING = text("comment.status = 'pending'")


@dataclass(frozen=True)
class Pending:
    """A comment that waits for its first decision, with all that it is judged by."""

    comment_id: int
    site_id: int
    thread_id: int
    author_id: int
    revision: int
    input: ClassifierInput
    author_is_trusted: bool
    author_is_banned: bool
    author_approved: int
    # How often the same words came to the site lately, without this time.
    times_seen: int
    # Whether nothing approved of this author came from this network.
    network_is_new: bool = False


def claim(
    conn: Connection, *, limit: int, lease: timedelta, now: datetime
) -> list[int]:
    """Lease up to `limit` pending comments, oldest first; their row keys.

    Whoever dies with a lease loses it when it runs out. Several workers never get
    the same comment: SQLite has one writer, PostgreSQL skips locked rows.
    """
    free = (
        select(comment.c.id)
        .where(_PENDING, leases.is_free(comment.c.claimed_until, now, lease))
        .order_by(comment.c.id)
        .limit(limit)
    )
    taken = update(comment).values(claimed_until=now + lease)
    if conn.dialect.name == "sqlite":
        taken = taken.where(comment.c.id.in_(free.scalar_subquery()))
    else:
        # As an expression of its own it runs once. As a subquery PostgreSQL may
        # run it again for every row, and each run would skip what the last locked.
        locked = free.with_for_update(skip_locked=True).cte("free")
        taken = taken.where(comment.c.id == locked.c.id)
    return sorted(conn.execute(taken.returning(comment.c.id)).scalars())


def first_waiting(conn: Connection, lease: timedelta, now: datetime) -> int | None:
    """The row key of the oldest comment that is pending and held by no worker."""
    free = leases.is_free(comment.c.claimed_until, now, lease)
    oldest = select(comment.c.id).where(_PENDING, free).order_by(comment.c.id).limit(1)
    return conn.execute(oldest).scalar()


def load(
    conn: Connection,
    ids: Sequence[int],
    now: datetime,
    status: Status = Status.PENDING,
) -> list[Pending]:
    """Read leased comments in the order of `ids`; what was deleted is left out.

    With another `status` those that have it: to find out what the policy says now.
    """
    # Parameters keep PostgreSQL from using the partial index.
    standing = _PENDING if status is Status.PENDING else comment.c.status == status
    rows = conn.execute(
        select(
            comment.c.id,
            comment.c.site_id,
            comment.c.thread_id,
            comment.c.author_id,
            comment.c.revision,
            comment.c.text_hash,
            revision.c.text,
            revision.c.name,
            revision.c.email,
            revision.c.url,
            revision.c.user_agent,
            revision.c.seconds_on_form,
            revision.c.website_offered,
            revision.c.network,
            author.c.trusted,
            author.c.banned,
            author.c.banned_until,
            author.c.approved,
        )
        .join(revision, IS_CURRENT)
        .join(author, author.c.id == comment.c.author_id)
        .where(one_of(conn, comment.c.id, ids), standing)
        .order_by(comment.c.id)
    ).all()
    seen = _seen_besides(conn, ids, now)
    known_ones = [row.id for row in rows if row.approved and row.email and row.network]
    elsewhere = networks.new_among(conn, known_ones)
    banned = bans.hit(
        conn, [(row.site_id, row.email, row.network) for row in rows], now
    )
    return [
        _pending(
            row,
            seen.get(row.id, 0),
            is_banned=_is_banned(row, banned, now),
            network_is_new=row.id in elsewhere,
        )
        for row in rows
    ]


def _is_banned(row: Any, banned: Collection[tuple[int, str]], now: datetime) -> bool:
    """Whether the author is, or the mail domain or network they write from."""
    if bans.is_on(row.banned, row.banned_until, now):
        return True
    return (row.site_id, bans.domain_of(row.email)) in banned or (
        row.site_id,
        row.network,
    ) in banned


def _pending(
    row: Any, times_seen: int, *, is_banned: bool, network_is_new: bool
) -> Pending:
    return Pending(
        comment_id=row.id,
        site_id=row.site_id,
        thread_id=row.thread_id,
        author_id=row.author_id,
        revision=row.revision,
        input=ClassifierInput.of_revision(row, times_seen),
        author_is_trusted=row.trusted,
        author_is_banned=is_banned,
        author_approved=row.approved,
        times_seen=times_seen,
        network_is_new=network_is_new,
    )


def _seen_besides(
    conn: Connection, ids: Sequence[int], now: datetime
) -> dict[int, int]:
    """How often the words of each comment came to its site lately besides.

    Reads no more than SAME_WORDS_MAX rows for a comment, however often they came.
    """
    other = comment.alias("other")
    found = (
        select(literal(1))
        .where(
            other.c.site_id == comment.c.site_id,
            other.c.text_hash == comment.c.text_hash,
            other.c.created_at > now - SAME_WORDS_WINDOW,
            other.c.id != comment.c.id,
        )
        .limit(SAME_WORDS_MAX)
        .correlate(comment)
        .subquery()
    )
    times = select(func.count()).select_from(found).correlate(comment)
    rows = conn.execute(
        select(comment.c.id, times.scalar_subquery()).where(
            one_of(conn, comment.c.id, ids)
        )
    )
    return {row[0]: row[1] for row in rows}
