"""The same words again: a retry after a lost answer, or somebody who says it twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from moderation.schema import comment, revision
from moderation.vocabulary import Status

# How long a visitor may still wonder whether the first press arrived.
WINDOW = timedelta(hours=24)

# Thread, author and hash of the words.
Mark = tuple[int, int, int]


@dataclass(frozen=True)
class Said:
    """What was said, and from where."""

    public_id: str
    status: Status
    parent_id: int | None
    address_hash: bytes | None
    at: datetime


_SAME_WORDS = (
    select(
        comment.c.thread_id,
        comment.c.author_id,
        comment.c.text_hash,
        comment.c.public_id,
        comment.c.status,
        comment.c.parent_id,
        revision.c.address_hash,
        comment.c.created_at,
    )
    .join(
        revision,
        (revision.c.comment_id == comment.c.id) & (revision.c.number == 1),
    )
    .where(
        comment.c.text_hash.in_(bindparam("hashes", expanding=True)),
        comment.c.author_id.in_(bindparam("authors", expanding=True)),
        comment.c.status != Status.DELETED.value,
    )
    .order_by(comment.c.id)
)


def find(
    conn: Connection, hashes: Collection[int], authors: Collection[int]
) -> dict[Mark, Said]:
    """What these authors said already in these words; what was deleted does not count."""
    query = {"hashes": sorted(hashes), "authors": sorted(authors)}
    return {
        (row[0], row[1], row[2]): Said(row[3], Status(row[4]), *row[5:])
        for row in conn.execute(_SAME_WORDS, query)
    }


def is_retry(
    said: Said,
    *,
    answers: bool,
    parent_id: int | None,
    address_hash: bytes | None,
    now: datetime,
) -> bool:
    """Whether this is the same press again, so that the links of the first are theirs.

    An e-mail address proves nothing: only who writes from the same address gets them.
    `answers` says that it is a reply, `parent_id` to what, while that is visible.
    """
    same_place = said.parent_id == parent_id or (
        answers and parent_id is None and said.parent_id is not None
    )
    same_sender = said.address_hash == address_hash
    return same_place and same_sender and now - said.at <= WINDOW
