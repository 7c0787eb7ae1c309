"""Whether an author writes from a network that nothing approved of theirs came from.

An e-mail address is not proved: somebody else may have typed it. Networks are forgotten
after a while, and what is forgotten is not new.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from moderation.enums import Status
from moderation.schema.comments import IS_CURRENT, comment, revision
from moderation.storage.bulk import one_of

# Of an author's latest comments so many are looked at.
LOOKED_AT = 100


def new_among(conn: Connection, comment_ids: Sequence[int]) -> set[int]:
    """Those of the comments that come from a network new for their author.

    One statement; it reads at most LOOKED_AT earlier comments for each.
    """
    if not comment_ids:
        return set()
    other, words = comment.alias("earlier"), revision.alias("earlier_words")
    recent = (
        select(other.c.id, other.c.revision, other.c.status)
        .where(other.c.author_id == comment.c.author_id, other.c.id < comment.c.id)
        .order_by(other.c.id.desc())
        .limit(LOOKED_AT)
        .correlate(comment)
        .subquery("recent")
    )
    known = (
        select(func.count(words.c.network))
        .select_from(recent)
        .join(
            words,
            (words.c.comment_id == recent.c.id) & (words.c.number == recent.c.revision),
        )
        .where(recent.c.status == Status.APPROVED.value)
        .correlate(comment, revision)
    )
    same = known.where(words.c.network == revision.c.network)
    rows = conn.execute(
        select(comment.c.id)
        .join(revision, IS_CURRENT)
        .where(
            one_of(conn, comment.c.id, comment_ids),
            revision.c.network.is_not(None),
            revision.c.email != "",
            known.scalar_subquery() > 0,
            same.scalar_subquery() == 0,
        )
    )
    return set(rows.scalars())
