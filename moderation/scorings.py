"""The scores that comments were given, one row for each revision and model version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from moderation.bulk import among_ids
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
    rows = conn.execute(_latest(conn.dialect.name), {"ids": list(comment_ids)})
    return {(row[0], row[1]): Scored(row[2], row[3]) for row in rows}


@lru_cache
def _latest(dialect: str) -> Select[Any]:
    return (
        select(
            scoring.c.comment_id,
            scoring.c.revision,
            scoring.c.model_version,
            scoring.c.scores,
        )
        .where(among_ids(dialect, scoring.c.comment_id))
        .order_by(scoring.c.created_at)
    )
