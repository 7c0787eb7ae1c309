"""The scores that comments were given, one row for each revision and model version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from moderation.comments.pending import Pending
from moderation.schema.comments import scoring
from moderation.storage.bulk import among_ids, insert_rows


class StoredScores(NamedTuple):
    """Scores by attribute, and the version of the models that gave them."""

    version: str
    scores: Mapping[str, float]


NOTHING = StoredScores("", {})


def latest(
    conn: Connection, comment_ids: Sequence[int]
) -> dict[tuple[int, int], StoredScores]:
    """The latest scores of each revision, by the comments' row keys and its number."""
    rows = conn.execute(_latest(conn.dialect.name), {"ids": list(comment_ids)})
    return {(row[0], row[1]): StoredScores(row[2], row[3]) for row in rows}


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


def keep_scores(
    conn: Connection,
    batch: Sequence[tuple[Pending, Mapping[str, float] | None]],
    *,
    model_version: str,
    now: datetime,
) -> None:
    """Store the scores of a batch; a job that runs twice finds them there already."""
    rows = [
        {
            "comment_id": pending.comment_id,
            "revision": pending.revision,
            "model_version": model_version,
            "scores": {name: round(score, 5) for name, score in scores.items()},
            "times_seen": pending.times_seen,
            "created_at": now,
        }
        for pending, scores in batch
        if scores is not None
    ]
    if rows:
        insert_rows(
            conn, scoring, rows, conflict=lambda new: new.on_conflict_do_nothing()
        )
