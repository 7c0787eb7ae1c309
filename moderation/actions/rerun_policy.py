"""Reruns: the rules that a site has now, run on the comments that wait there.

Somebody who changed the rules wants them to count for what is held already. The scores
are those that were given; only what the policy makes of them is found out anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from moderation.accounts.actor import Actor
from moderation.audit.journal import Entry, EntryRef
from moderation.comments import pending
from moderation.decisions.apply import apply as apply_decisions
from moderation.decisions.choice import Choice
from moderation.enums import Act, Kind, Status
from moderation.policy import scores
from moderation.policy.evaluate import judge as judge_evaluate
from moderation.review import eligibility
from moderation.schema.review import reviewable
from moderation.sites.settings import Threshold
from moderation.sites.site import Site
from moderation.storage import site_locks

# One transaction's worth; what is left waits for the next run.
ROWS_MAX = 2_000


@dataclass(frozen=True)
class Rerun:
    """What the rules say about what waits; the held ones of `outcomes` stay."""

    choices: tuple[Choice, ...]
    outcomes: Mapping[Status, int]
    looked_at: int
    complete: bool


def judge(
    conn: Connection, site: Site, defaults: Mapping[str, Threshold], now: datetime
) -> Rerun:
    """Put the oldest of what is held before the rules; nothing is changed."""
    ids = _held(conn, site.id, limit=ROWS_MAX + 1)
    waiting = pending.load(conn, ids[:ROWS_MAX], now, status=Status.HELD)
    scored = scores.latest(conn, [each.comment_id for each in waiting])
    outcomes: Counter[Status] = Counter()
    choices = []
    for each in waiting:
        given = scored.get((each.comment_id, each.revision))
        judged = judge_evaluate(each, site, given.scores if given else None, defaults)
        outcomes[judged.verdict.outcome] += 1
        if judged.verdict.outcome is Status.HELD:
            continue
        choices.append(
            Choice.of(
                each,
                judged.verdict.outcome,
                seen=Status.HELD,
                rule=judged.verdict.rule,
                reason=judged.verdict.reason,
                hits=judged.verdict.hits,
                model_version=given.version if given else None,
                risk=judged.risk,
                doubt=judged.doubt,
            )
        )
    return Rerun(tuple(choices), outcomes, len(waiting), len(ids) <= ROWS_MAX)


def _held(conn: Connection, site_id: int, *, limit: int) -> list[int]:
    """Row keys of what waits, the oldest first, under the cards of others too."""
    waiting = (
        select(reviewable.c.comment_id)
        .where(
            reviewable.c.site_id == site_id,
            reviewable.c.kind == Kind.HELD.value,
            reviewable.c.resolved_at.is_(None),
        )
        .order_by(reviewable.c.comment_id)
        .limit(limit)
    )
    return list(conn.execute(waiting).scalars())


def apply(
    conn: Connection,
    who: Actor,
    site: Site,
    defaults: Mapping[str, Threshold],
    now: datetime,
) -> tuple[EntryRef | None, int]:
    """Decide what the rules decide, as one journal entry; it and how many it changed."""
    site_locks.lock_sites(conn, [site.id])
    found = judge(conn, site, defaults, now)
    # The rules judge no appeal for whoever runs them.
    withheld = eligibility.withheld_appeals(
        conn, [each.comment_id for each in found.choices], who.public_id
    )
    choices = [each for each in found.choices if each.comment_id not in withheld]
    entry = Entry(Act.RULES, who.actor, now, (site.id,), {"looked_at": found.looked_at})
    applied = apply_decisions(conn, entry, choices)
    return applied.opened, len(applied.done)
