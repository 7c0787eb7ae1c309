"""Spreads: a moderator's choice for a cluster holds for what joins it for a while."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from moderation.audit.journal import Effect, Entry
from moderation.decisions.apply import apply as apply_decisions
from moderation.decisions.choice import COLUMNS, Choice
from moderation.enums import Act, Reason, Status
from moderation.errors import NotUndoable
from moderation.schema.audit import decision, journal
from moderation.schema.clusters import standing_decision
from moderation.schema.comments import comment
from moderation.storage.bulk import one_of
from moderation.storage.database import upsert

# The kind of effect that is reversed here.
SPREAD = "spread"
LASTS = timedelta(hours=1)


def effect_of(
    conn: Connection,
    cluster_id: int,
    site_ids: Collection[int],
    to: Status,
    reason: Reason | None,
    until: datetime,
) -> Effect:
    """What the journal keeps of a spread, before it begins.

    With the ones that it takes the place of: an undo puts them back.
    """
    replaced = conn.execute(
        select(standing_decision).where(
            standing_decision.c.cluster_id == cluster_id,
            standing_decision.c.site_id.in_(site_ids),
        )
    ).mappings()
    return {
        "kind": SPREAD,
        "cluster": cluster_id,
        "sites": sorted(site_ids),
        "to": to.value,
        "reason": reason.value if reason else None,
        "until": until.isoformat(),
        "replaced": [_kept(row) for row in replaced],
        "before": {"on": False},
        "after": {"on": True},
    }


def begin(conn: Connection, effect: Effect, journal_id: int) -> None:
    """Let the choice of a journal entry hold for what joins the cluster from now on."""
    sites = effect["sites"]
    assert isinstance(sites, list)
    _put(
        conn,
        [
            {
                "cluster_id": effect["cluster"],
                "site_id": site_id,
                "journal_id": journal_id,
                "to_status": effect["to"],
                "reason": effect["reason"],
                "until": _instant(effect["until"]),
            }
            for site_id in sites
        ],
    )


def _kept(row: Mapping[Any, Any]) -> dict[str, object]:
    """A spread as a document."""
    return {str(name): value for name, value in row.items()} | {
        "until": row["until"].isoformat()
    }


def _put(conn: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    statement = upsert(conn, standing_decision)
    names = ("journal_id", "to_status", "reason", "until")
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["cluster_id", "site_id"],
            set_={name: statement.excluded[name] for name in names},
        ),
        rows,
    )


def _instant(kept: object) -> datetime:
    return datetime.fromisoformat(str(kept))


def restore(conn: Connection, effect: Effect, now: datetime) -> Effect:
    """End a spread. An undo of that does not begin it again: its time has passed."""
    before, after = effect["before"], effect["after"]
    if after == {"on": False}:
        return {**effect, "before": after, "after": after}
    sites = effect["sites"]
    assert isinstance(sites, list)
    rows = conn.execute(
        delete(standing_decision)
        .where(
            standing_decision.c.cluster_id == effect["cluster"],
            standing_decision.c.site_id.in_(sites),
            # This one, and not one that somebody began since.
            standing_decision.c.until == _instant(effect["until"]),
            standing_decision.c.to_status == effect["to"],
        )
        .returning(standing_decision.c.site_id)
    ).all()
    running = _instant(effect["until"]) > now
    if running and len(rows) < len(sites):
        raise NotUndoable("changed_later")
    replaced = effect.get("replaced", [])
    assert isinstance(replaced, list)
    if replaced:
        _put(conn, [{**row, "until": _instant(row["until"])} for row in replaced])
    return {**effect, "before": after, "after": before}


def apply(conn: Connection, joined: Mapping[int, int], now: datetime) -> int:
    """Decide what just joined a cluster as a moderator decided for it; how many.

    Only what no person decided: held comments, and approved ones where the choice was
    to reject.
    """
    if not joined:
        return 0
    rows = conn.execute(
        select(standing_decision, journal.c.actor, journal.c.public_id.label("entry"))
        .join(journal, journal.c.id == standing_decision.c.journal_id)
        .where(
            one_of(conn, standing_decision.c.cluster_id, sorted(set(joined.values()))),
            standing_decision.c.until > now,
        )
    ).all()
    if not rows:
        return 0
    spreading = {(row.cluster_id, row.site_id): row for row in rows}
    groups: dict[Any, list[Choice]] = defaultdict(list)
    for row in _undecided(conn, list(joined)):
        chosen = spreading.get((joined[row.comment_id], row.site_id))
        if chosen is None or row.status == chosen.to_status:
            continue
        to, reason = Status(chosen.to_status), chosen.reason
        if row.status == Status.APPROVED or row.status == Status.HELD:
            groups[chosen].append(
                Choice.of(row, to, reason=Reason(reason) if reason else None)
            )
    for chosen, choices in groups.items():
        entry = Entry(
            Act.SPREAD, chosen.actor, now, (chosen.site_id,), {"from": chosen.entry}
        )
        apply_decisions(conn, entry, choices)
    return sum(len(choices) for choices in groups.values())


def _undecided(conn: Connection, comment_ids: Sequence[int]) -> Sequence[Any]:
    by_person = (
        select(decision.c.id)
        .where(
            decision.c.comment_id == comment.c.id,
            decision.c.rule.is_(None),
            # Of the words that stand: no person has seen those of a later edit.
            decision.c.revision == comment.c.revision,
        )
        .exists()
    )
    return conn.execute(
        select(*COLUMNS).where(one_of(conn, comment.c.id, comment_ids), ~by_person)
    ).all()
