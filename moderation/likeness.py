"""What the cards of alike comments say: how many there are, and what became of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select, union_all

from moderation.bulk import one_of
from moderation.finding_schema import cluster, description
from moderation.schema import comment, decision, reviewable
from moderation.vocabulary import Reason, Status

# Of a wave the latest so many tell what people think of it.
MEMBERS_MAX = 100


@dataclass(frozen=True)
class Stack:
    """The cluster of a comment, as far as a moderator may see it."""

    cluster_id: str
    # Comments that say the same, this one included, and those of them that wait.
    members: int
    waiting: int


@dataclass(frozen=True)
class Precedent:
    """How often people decided the same about comments like this one."""

    to_status: Status
    reason: Reason | None
    mine: bool
    times: int


def stacks(
    conn: Connection, comment_ids: Sequence[int], site_ids: Collection[int]
) -> dict[int, Stack]:
    """The stack under each comment that is in a cluster with others of the sites."""
    own = conn.execute(
        select(description.c.comment_id, cluster.c.id, cluster.c.public_id)
        .join(cluster, cluster.c.id == description.c.cluster_id)
        .where(one_of(conn, description.c.comment_id, comment_ids))
    ).all()
    if not own:
        return {}
    ids = sorted({row[1] for row in own})
    members = _counts(
        conn,
        select(description.c.cluster_id, func.count())
        .join(comment, comment.c.id == description.c.comment_id)
        .where(
            one_of(conn, description.c.cluster_id, ids),
            description.c.cluster_id.is_not(None),
            comment.c.site_id.in_(site_ids),
        )
        .group_by(description.c.cluster_id),
    )
    waiting = _counts(
        conn,
        select(reviewable.c.cluster_id, func.count(reviewable.c.comment_id.distinct()))
        .where(
            one_of(conn, reviewable.c.cluster_id, ids),
            reviewable.c.cluster_id.is_not(None),
            reviewable.c.resolved_at.is_(None),
            reviewable.c.site_id.in_(site_ids),
        )
        .group_by(reviewable.c.cluster_id),
    )
    return {
        row[0]: Stack(row[2], members[row[1]], waiting.get(row[1], 0))
        for row in own
        if members.get(row[1], 0) > 1
    }


def decided_alike(
    conn: Connection,
    comment_ids: Sequence[int],
    site_ids: Collection[int],
    actor: str = "",
) -> dict[int, list[Precedent]]:
    """What people decided about comments like each of these, on the sites.

    Those of `actor` first, then the most frequent. What was taken back since does not
    count; of a big cluster the latest members do.
    """
    own = conn.execute(
        select(description.c.comment_id, description.c.cluster_id).where(
            one_of(conn, description.c.comment_id, comment_ids),
            description.c.cluster_id.is_not(None),
        )
    ).all()
    found: dict[int, list[Precedent]] = {}
    tallies = _tallies(conn, sorted({row[1] for row in own}), site_ids)
    for comment_id, cluster_id in own:
        counts: Counter[tuple[Status, Reason | None, bool]] = Counter()
        for about, status, reason, by in tallies.get(cluster_id, ()):
            if about != comment_id:
                key = (Status(status), Reason(reason) if reason else None, by == actor)
                counts[key] += 1
        if counts:
            said = [Precedent(*key, times) for key, times in counts.items()]
            found[comment_id] = sorted(said, key=lambda it: (not it.mine, -it.times))
    return found


Said = tuple[int, str, str | None, str]


def _tallies(
    conn: Connection, cluster_ids: Sequence[int], site_ids: Collection[int]
) -> dict[int, list[Said]]:
    """The standing decisions of people about the latest members of each cluster."""
    if not cluster_ids:
        return {}
    parts = []
    for each in cluster_ids:
        newest = (
            select(description.c.cluster_id, description.c.comment_id)
            .where(
                description.c.cluster_id == each, description.c.cluster_id.is_not(None)
            )
            .order_by(description.c.comment_id.desc())
            .limit(MEMBERS_MAX)
            .subquery()
        )
        parts.append(select(newest))
    latest = union_all(*parts).subquery()
    rows = conn.execute(
        select(
            latest.c.cluster_id,
            decision.c.comment_id,
            decision.c.to_status,
            decision.c.reason,
            decision.c.actor,
        )
        .join(latest, latest.c.comment_id == decision.c.comment_id)
        .join(comment, comment.c.id == decision.c.comment_id)
        .where(
            comment.c.site_id.in_(site_ids),
            comment.c.status == decision.c.to_status,
            decision.c.rule.is_(None),
            decision.c.undoes.is_(None),
            decision.c.to_status.in_([Status.APPROVED.value, Status.REJECTED.value]),
        )
        .order_by(decision.c.id)
    )
    # The last one about each comment is the one that stands.
    standing = {row[1]: row for row in rows}
    found: dict[int, list[Said]] = {}
    for row in standing.values():
        found.setdefault(row[0], []).append((row[1], row[2], row[3], row[4]))
    return found


def _counts(conn: Connection, statement: Select[Any]) -> dict[int, int]:
    return {row[0]: int(row[1]) for row in conn.execute(statement)}
