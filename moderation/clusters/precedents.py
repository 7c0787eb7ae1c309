"""What the cards of alike comments say: how many there are, and what became of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from moderation.enums import Reason, Status
from moderation.review.cards import IndexedFacts
from moderation.schema.audit import decision
from moderation.schema.comments import comment
from moderation.schema.review import reviewable
from moderation.schema.search import comment_index
from moderation.storage.bulk import among_ids

# Of a wave the latest so many tell what people think of it.
MEMBERS_MAX = 100


class Size(NamedTuple):
    """The comments of a cluster on some sites, and those of them that wait."""

    members: int
    waiting: int


@dataclass(frozen=True)
class ClusterSummary:
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


def sizes(
    conn: Connection, clusters: Collection[int], site_ids: Collection[int]
) -> dict[int, Size]:
    """How many comments of clusters there are on the sites; none where there are none."""
    if not clusters:
        return {}
    asked = {"ids": sorted(clusters), "sites": list(site_ids)}
    members: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    for cluster_id, here, open_here in conn.execute(_sizes(conn.dialect.name), asked):
        members[cluster_id] += here
        waiting[cluster_id] += open_here
    return {
        each: Size(number, waiting[each]) for each, number in members.items() if number
    }


def cluster_summaries(
    conn: Connection, own: Sequence[IndexedFacts], site_ids: Collection[int]
) -> dict[int, ClusterSummary]:
    """The stack under each comment that is in a cluster with others of the sites."""
    found = sizes(conn, _clusters(own), site_ids)
    return {
        each.comment_id: ClusterSummary(
            each.cluster_public_id or "", *found[each.cluster_id]
        )
        for each in own
        if each.cluster_id in found and found[each.cluster_id].members > 1
    }


def decided_alike(
    conn: Connection,
    own: Sequence[IndexedFacts],
    site_ids: Collection[int],
    actor: str = "",
) -> dict[int, list[Precedent]]:
    """What people decided about comments like each of these, on the sites.

    Those of `actor` first, then the most frequent. What was taken back since does not
    count; of a big cluster the latest members do.
    """
    found: dict[int, list[Precedent]] = {}
    tallies = _tallies(conn, _clusters(own), site_ids)
    for comment_id, _, cluster_id, _ in own:
        if cluster_id is None:
            continue
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
    asked = {_cluster(number): each for number, each in enumerate(cluster_ids)}
    rows = conn.execute(
        _of_people(len(cluster_ids)), {**asked, "sites": list(site_ids)}
    )
    # The last one about each comment is the one that stands.
    standing = {row[1]: row for row in rows}
    found: dict[int, list[Said]] = {}
    for row in standing.values():
        found.setdefault(row[0], []).append((row[1], row[2], row[3], row[4]))
    return found


def _clusters(own: Sequence[IndexedFacts]) -> list[int]:
    return sorted({each.cluster_id for each in own if each.cluster_id is not None})


def _cluster(number: int) -> str:
    return f"cluster_{number}"


# Making it takes longer than it runs; a page has a dozen clusters at most.
@lru_cache
def _of_people(clusters: int) -> Select[Any]:
    """What people decided about the latest members of so many clusters."""
    parts = []
    for number in range(clusters):
        newest = (
            select(comment_index.c.cluster_id, comment_index.c.comment_id)
            .where(
                comment_index.c.cluster_id == bindparam(_cluster(number)),
                comment_index.c.cluster_id.is_not(None),
            )
            .order_by(comment_index.c.comment_id.desc())
            .limit(MEMBERS_MAX)
            .subquery()
        )
        parts.append(select(newest))
    latest = union_all(*parts).subquery()
    return (
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
            comment.c.site_id.in_(bindparam("sites", expanding=True)),
            comment.c.status == decision.c.to_status,
            decision.c.rule.is_(None),
            decision.c.undoes.is_(None),
            decision.c.to_status.in_([Status.APPROVED.value, Status.REJECTED.value]),
        )
        .order_by(decision.c.id)
    )


@lru_cache
def _sizes(dialect: str) -> CompoundSelect[Any]:
    """Both counts from their indexes alone, however big a cluster is."""
    sites: BindParameter[int] = bindparam("sites", expanding=True)
    return union_all(
        select(comment_index.c.cluster_id, func.count(), literal(0))
        .where(
            among_ids(dialect, comment_index.c.cluster_id),
            comment_index.c.cluster_id.is_not(None),
            comment_index.c.site_id.in_(sites),
        )
        .group_by(comment_index.c.cluster_id),
        select(
            reviewable.c.cluster_id,
            literal(0),
            func.count(reviewable.c.comment_id.distinct()),
        )
        .where(
            among_ids(dialect, reviewable.c.cluster_id),
            reviewable.c.cluster_id.is_not(None),
            reviewable.c.resolved_at.is_(None),
            reviewable.c.site_id.in_(sites),
        )
        .group_by(reviewable.c.cluster_id),
    )
