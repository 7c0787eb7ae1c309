"""Put comments that say nearly the same into clusters, across threads and sites."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)

from moderation.ids import key_at, new_key, new_public_id
from moderation.review import reviewables
from moderation.schema.clusters import band, cluster
from moderation.schema.comments import IS_CURRENT, comment, revision
from moderation.schema.review import reviewable
from moderation.schema.search import comment_index
from moderation.storage.bulk import insert_rows, listed, one_of

# What shares a band with more comments than this is not compared with all of them.
CANDIDATES_MAX = 8
# How long a comment is one that others may be like.
REMEMBERED = timedelta(days=30)
PARTS = 64
# Any number that nothing else locks: PostgreSQL lets one batch join at a time.
_LOCK = 7_205_911

# Its number, and the comment that has it.
Band = tuple[int, int]


class Signature(Protocol):
    """What a text looks like to the comparison."""

    @property
    def bands(self) -> tuple[int, ...]:
        """Numbers of which alike texts share one; empty for what is like nothing."""


class Likeness(Protocol):
    """Who compares texts; the classifiers have one."""

    def outlines(self, texts: Sequence[str]) -> Sequence[Any]:
        """The outline of each text."""

    def alike(self, one: Any, other: Any) -> bool:
        """Whether two texts say nearly the same."""


@dataclass
class _Round:
    """What is known while a batch joins."""

    outlines: dict[int, Signature]
    clusters: dict[int, int]
    # Who stands for a band: comments that are stored, then those of this batch.
    holders: dict[int, list[int]]
    joined: dict[int, int] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)


def join(
    conn: Connection,
    batch: Mapping[int, Signature],
    likeness: Likeness,
    now: datetime,
    *,
    site_ids: Collection[int],
) -> dict[int, int]:
    """Put each described comment into the cluster of what it is like, if anything.

    `site_ids` are the sites of these comments, on which the caller has its turn. Gives
    the clusters by comment. The first of a cluster keeps its bands and is what later ones
    are compared with, so a wave of ten thousand costs no more than one of ten.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    left = _leave(conn, list(batch))
    known = _known(conn, batch, likeness)
    for comment_id, outline in batch.items():
        first = _first_like(known, comment_id, outline, likeness)
        known.outlines[comment_id] = outline
        if first is None:
            known.alone.append(comment_id)
            for number in outline.bands:
                known.holders.setdefault(number, []).append(comment_id)
            continue
        if first not in known.clusters:
            known.clusters[first] = known.joined[first] = new_key()
            known.opened.append(known.clusters[first])
        known.clusters[comment_id] = known.clusters[first]
        known.joined[comment_id] = known.clusters[first]
    _store(conn, known, batch, now)
    reviewables.restack(conn, {*left, *known.joined.values()}, site_ids)
    return known.joined


def old_bands(conn: Connection, before: datetime, part: int) -> list[Band]:
    """The bands of what was written before then: a wave is over by that time.

    In one of `PARTS`: there may be millions.
    """
    width = 2**64 // PARTS
    lowest = -(2**63) + part * width
    rows = conn.execute(
        select(band.c.hash, band.c.comment_id).where(
            band.c.hash >= lowest,
            band.c.hash <= lowest + width - 1,
            band.c.comment_id < key_at(before),
        )
    )
    return [(row[0], row[1]) for row in rows]


def forget(conn: Connection, bands: Sequence[Band]) -> int:
    """Drop these bands; how many there still were."""
    key = tuple_(band.c.hash, band.c.comment_id)
    return int(conn.execute(delete(band).where(key.in_(bands))).rowcount)


def _leave(conn: Connection, comment_ids: Sequence[int]) -> set[int]:
    """Take comments that are described anew out of their clusters."""
    rows = conn.execute(
        select(comment_index.c.comment_id, comment_index.c.cluster_id).where(
            one_of(conn, comment_index.c.comment_id, comment_ids),
            comment_index.c.cluster_id.is_not(None),
        )
    ).all()
    if rows:
        _write_clusters(conn, {row[0]: None for row in rows})
    return {row[1] for row in rows}


def _known(
    conn: Connection, batch: Mapping[int, Signature], likeness: Likeness
) -> _Round:
    numbers = {each for outline in batch.values() for each in outline.bands}
    holders: dict[int, list[int]] = {}
    if numbers:
        rows = [{"number": each} for each in sorted(numbers)]
        for number, holder in conn.execute(
            _oldest_holders(conn.dialect.name), {"rows": rows}
        ):
            if holder not in batch:
                holders.setdefault(number, []).append(holder)
    ids = sorted({each for found in holders.values() for each in found})
    found = conn.execute(
        select(comment.c.id, revision.c.text, comment_index.c.cluster_id)
        .join(revision, IS_CURRENT)
        .join(comment_index, comment_index.c.comment_id == comment.c.id)
        .where(one_of(conn, comment.c.id, ids))
    ).all()
    outlines = likeness.outlines([row[1] for row in found])
    return _Round(
        outlines={row[0]: each for row, each in zip(found, outlines, strict=True)},
        clusters={row[0]: row[2] for row in found if row[2] is not None},
        holders=holders,
    )


@lru_cache
def _oldest_holders(dialect: str) -> Any:
    """The first comments of each band, and no more: many may share one and be unlike."""
    wanted = listed(dialect, "number")
    other = band.alias("other")
    last = (
        select(other.c.comment_id)
        .where(other.c.hash == wanted.c.number)
        .order_by(other.c.comment_id)
        .limit(1)
        .offset(CANDIDATES_MAX - 1)
        .scalar_subquery()
    )
    return select(band.c.hash, band.c.comment_id).where(
        band.c.hash == wanted.c.number,
        band.c.comment_id <= func.coalesce(last, literal(2**63 - 1, BigInteger())),
    )


def _first_like(
    known: _Round, comment_id: int, outline: Signature, likeness: Likeness
) -> int | None:
    """The oldest holder of one of the bands that the comment is really like."""
    candidates = {
        each
        for number in outline.bands
        for each in known.holders.get(number, ())[:CANDIDATES_MAX]
    }
    for each in sorted(candidates - {comment_id}):
        other = known.outlines.get(each)
        if other is not None and likeness.alike(outline, other):
            return each
    return None


def _store(
    conn: Connection, known: _Round, batch: Mapping[int, Signature], now: datetime
) -> None:
    if known.opened:
        conn.execute(
            insert(cluster),
            [
                {"id": each, "public_id": new_public_id(), "created_at": now}
                for each in known.opened
            ],
        )
    rows = [
        {"hash": number, "comment_id": each}
        for each in known.alone
        for number in batch[each].bands
    ]
    if rows:
        insert_rows(conn, band, rows, conflict=lambda new: new.on_conflict_do_nothing())
    if known.joined:
        _write_clusters(conn, known.joined)


def _write_clusters(conn: Connection, clusters: Mapping[int, int | None]) -> None:
    for table in (comment_index, reviewable):
        conn.execute(
            update(table)
            .where(table.c.comment_id == bindparam("of"))
            .values(cluster_id=bindparam("to")),
            [{"of": each, "to": to} for each, to in clusters.items()],
        )
