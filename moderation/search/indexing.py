"""What comments say, described for finding and grouping them, after they are decided.

The decision leaves the comment's key in an outbox; whoever describes it takes it out
in the transaction that writes the description, so nothing is described twice at once
or forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, null, select, update

from moderation.ids import key_at
from moderation.policy import scores as stored_scores
from moderation.schema.comments import IS_CURRENT, comment, revision
from moderation.schema.search import HAS_TRACES, comment_index, index_queue
from moderation.search import index, terms
from moderation.search.terms import Field
from moderation.storage.bulk import insert_rows, one_of


@dataclass(frozen=True)
class IndexRequest:
    """A comment that waits for its description."""

    comment_id: int
    site_id: int
    thread_id: int
    author_id: int
    revision: int
    text: str
    name: str
    email: str
    url: str
    address: str | None
    network: str | None
    scores: Mapping[str, float]


@dataclass(frozen=True)
class IndexEntry:
    """What was found out about a comment."""

    of: IndexRequest
    # ISO 639-1; empty when there is too little to tell.
    language: str


def waiting(conn: Connection, limit: int) -> list[IndexRequest]:
    """The next comments to describe, oldest first."""
    ids = list(
        conn.execute(
            select(index_queue.c.comment_id)
            .order_by(index_queue.c.comment_id)
            .limit(limit)
        ).scalars()
    )
    if not ids:
        return []
    scored = stored_scores.latest(conn, ids)
    rows = conn.execute(
        select(
            comment.c.id,
            comment.c.site_id,
            comment.c.thread_id,
            comment.c.author_id,
            comment.c.revision,
            revision.c.text,
            revision.c.name,
            revision.c.email,
            revision.c.url,
            revision.c.address_hash,
            revision.c.network,
        )
        .join(revision, IS_CURRENT)
        .where(one_of(conn, comment.c.id, ids))
        .order_by(comment.c.id)
    )
    return [
        IndexRequest(
            comment_id=row.id,
            site_id=row.site_id,
            thread_id=row.thread_id,
            author_id=row.author_id,
            revision=row.revision,
            text=row.text,
            name=row.name,
            email=row.email,
            url=row.url,
            address=row.address_hash.hex() if row.address_hash else None,
            network=row.network,
            scores=scored.get((row.id, row.revision), stored_scores.NOTHING).scores,
        )
        for row in rows
    ]


def take(conn: Connection, batch: Sequence[IndexRequest]) -> list[IndexRequest]:
    """Take comments out of the outbox; those that are still as they were read.

    What another worker described meanwhile is not among them; what its author edited
    meanwhile, or what was merged into another thread, stays in the outbox.
    """
    ids = [each.comment_id for each in batch]
    # Locked in one order; on SQLite there is one writer.
    current = conn.execute(
        select(comment.c.id, comment.c.revision, comment.c.thread_id)
        .where(one_of(conn, comment.c.id, ids))
        .order_by(comment.c.id)
        .with_for_update(key_share=True)
    ).all()
    places = {row[0]: (row[1], row[2]) for row in current}
    same = [
        each
        for each in batch
        if places.get(each.comment_id) == (each.revision, each.thread_id)
    ]
    if not same:
        return []
    taken = set(
        conn.execute(
            delete(index_queue)
            .where(
                one_of(
                    conn, index_queue.c.comment_id, [each.comment_id for each in same]
                )
            )
            .returning(index_queue.c.comment_id)
        ).scalars()
    )
    return [each for each in same if each.comment_id in taken]


def write(conn: Connection, described: Sequence[IndexEntry]) -> None:
    """Store descriptions and index the words, in place of earlier ones."""
    ids = [each.of.comment_id for each in described]
    known = list(
        conn.execute(
            select(comment_index.c.comment_id).where(
                one_of(conn, comment_index.c.comment_id, ids)
            )
        ).scalars()
    )
    if known:
        index.remove(conn, known)
    new = [_row(each) for each in described]
    insert_rows(conn, comment_index, new, conflict=_in_place)
    index.write(
        conn,
        [
            {
                "id": each.of.comment_id,
                "site_id": each.of.site_id,
                "words": searched(each),
            }
            for each in described
        ],
    )


def forget(conn: Connection, before: datetime, limit: int) -> int:
    """Drop what is known of where comments came from that were written before then.

    Of `limit` comments at most; of how many it was.
    """
    old = (
        select(comment_index.c.comment_id)
        .where(HAS_TRACES, comment_index.c.comment_id < key_at(before))
        .order_by(comment_index.c.comment_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    forgotten = conn.execute(
        update(comment_index)
        .where(comment_index.c.comment_id.in_(old))
        .values(address=null(), network=null())
    )
    return int(forgotten.rowcount)


def searched(each: IndexEntry) -> list[str]:
    """All words that a comment can be found by."""
    of = each.of
    names = terms.words_of(of.name)
    fields = [
        terms.number(Field.SITE, of.site_id),
        terms.number(Field.AUTHOR, of.author_id),
        terms.number(Field.THREAD, of.thread_id),
        *(terms.word(Field.NAME, name) for name in names),
    ]
    if each.language:
        fields.append(terms.word(Field.LANGUAGE, each.language))
    linked = {
        domain
        for host in terms.links_of(of.text, of.url)
        for domain in terms.hosts(host)
    }
    fields += [terms.word(Field.LINK, domain) for domain in sorted(linked)]
    domain = of.email.rpartition("@")[2]
    fields += [terms.word(Field.MAIL, part) for part in terms.hosts(domain) if domain]
    for name, value in sorted(of.scores.items()):
        if bucket := terms.bucket_of(value):
            fields.append(terms.score(name, bucket))
    return [*fields, *names, terms.BREAK, *terms.words_of(of.text)]


def _row(each: IndexEntry) -> dict[str, Any]:
    return {
        "comment_id": each.of.comment_id,
        "revision": each.of.revision,
        "language": each.language,
        "address": each.of.address,
        "network": each.of.network,
        "site_id": each.of.site_id,
    }


def _in_place(statement: Any) -> Any:
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["comment_id"],
        set_={
            name: new[name] for name in ("revision", "language", "address", "network")
        },
    )
