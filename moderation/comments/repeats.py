"""The same words again: a retry after a lost answer, or somebody who says it twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from moderation.enums import Status
from moderation.schema.comments import IS_SAID, comment, revision
from moderation.storage.bulk import listed, one_of

# How long a visitor may still wonder whether the first press arrived.
WINDOW = timedelta(hours=24)

# Thread, author and hash of the words.
Mark = tuple[int, int, int]


@dataclass(frozen=True)
class EarlierComment:
    """What was said, and from where."""

    public_id: str
    status: Status
    parent_id: int | None
    address_hash: bytes | None
    at: datetime


def find(conn: Connection, marks: Collection[Mark]) -> dict[Mark, EarlierComment]:
    """What stands there already, said last; what was deleted does not count.

    Reads one row for each mark, however many said the same anywhere.
    """
    rows = [
        {"thread": thread_id, "author": author_id, "words": words}
        for thread_id, author_id, words in sorted(marks)
    ]
    found = conn.execute(_last(conn.dialect.name), {"rows": rows})
    by_key = {row[3]: (row[0], row[1], row[2]) for row in found if row[3] is not None}
    if not by_key:
        return {}
    stored = conn.execute(
        select(
            comment.c.id,
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
        .where(one_of(conn, comment.c.id, sorted(by_key)))
    )
    return {
        by_key[row[0]]: EarlierComment(row[1], Status(row[2]), *row[3:])
        for row in stored.all()
    }


@lru_cache
def _last(dialect: str) -> Any:
    """The listed marks, each with the key of the last comment that has it."""
    mark = listed(dialect, "thread", "author", "words")
    # No join: for one PostgreSQL may read the whole table.
    last = (
        select(comment.c.id)
        .where(
            comment.c.author_id == mark.c.author,
            comment.c.text_hash == mark.c.words,
            comment.c.thread_id == mark.c.thread,
            IS_SAID,
        )
        .order_by(comment.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(mark.c.thread, mark.c.author, mark.c.words, last)


def is_retry(
    said: EarlierComment,
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
