"""The scores that comments were given, one row for each revision and model version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from moderation.bulk import one_of
from moderation.schema import scoring


class Scored(NamedTuple):
    """Scores by attribute, and the version of the models that gave them."""

    version: str
    scores: Mapping[str, float]


NOTHING = Scored("", {})


def latest(
    conn: Connection, comment_ids: Sequence[int]
) -> dict[tuple[int, int], Scored]:
    """The latest scores of each revision, by the comments' row keys and its number."""
    rows = conn.execute(
        select(
            scoring.c.comment_id,
            scoring.c.revision,
            scoring.c.model_version,
            scoring.c.scores,
        )
        .where(one_of(conn, scoring.c.comment_id, comment_ids))
        .order_by(scoring.c.created_at)
    )
    return {(row[0], row[1]): Scored(row[2], row[3]) for row in rows}
