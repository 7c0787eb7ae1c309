"""One line of the audit with all that it says, read by keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from moderation.audit import actors
from moderation.audit.journal import EFFECTS
from moderation.enums import Act, Reason, Status
from moderation.schema.accounts import moderator
from moderation.schema.audit import decision, journal, journal_site
from moderation.schema.comments import author, comment, revision
from moderation.schema.sites import site
from moderation.storage.bulk import one_of

# Of one comment each, or the machine's, which nobody takes back.
_SINGLE = frozenset({Act.SCORE, Act.DECIDE, Act.EDIT})


@dataclass(frozen=True)
class Line:
    """A decision, or an entry that did something else; empty is what does not apply."""

    # Names the line: of its entry, and of its comment where there is one.
    id: str
    entry_id: str
    act: Act
    actor: str
    actor_name: str
    at: datetime
    sites: tuple[str, ...]
    # All of the entry's, also those that the reader does not belong to.
    site_ids: tuple[int, ...]
    view: str
    undone: bool
    effects: tuple[Mapping[str, Any], ...] = ()
    undoes: str = ""
    comment_id: str = ""
    revision: int | None = None
    author_id: str = ""
    author_name: str = ""
    from_status: Status | None = None
    to_status: Status | None = None
    reason: Reason | None = None
    rule: str = ""
    hits: tuple[Mapping[str, Any], ...] = ()
    model_version: str = ""


def read(conn: Connection, keys: Sequence[int], seen: Collection[int]) -> list[Line]:
    """The lines with these keys, newest first; sites are named that are `seen`."""
    decisions = _rows(conn, _decisions().where(one_of(conn, decision.c.id, keys)))
    entries = _rows(conn, _entries().where(one_of(conn, journal.c.id, keys)))
    journal_ids = {row["journal_id"] for row in (*decisions, *entries)}
    sites = _sites(conn, sorted(journal_ids))
    names = _names(conn, seen)
    found = {}
    for row in (*decisions, *entries):
        of = sites.get(row["journal_id"]) or (
            (row["site_id"],) if row["site_id"] else ()
        )
        # A decision of a batch for many sites is about one of them.
        told = (row["decided_on"],) if "decided_on" in row else of
        found[row["key"]] = _line(row, of, [names[it] for it in told if it in names])
    return [found[key] for key in sorted(found, reverse=True)]


def sizes(conn: Connection, lines: Sequence[Line]) -> dict[str, int]:
    """How many comments the entries of these lines are about, where it may be several."""
    wanted = {line.entry_id for line in lines if line.comment_id} - {
        line.entry_id for line in lines if line.act in _SINGLE
    }
    rows = conn.execute(
        select(journal.c.public_id, func.count())
        .join(decision, decision.c.journal_id == journal.c.id)
        .where(journal.c.public_id.in_(sorted(wanted)))
        .group_by(journal.c.public_id)
    )
    return {row[0]: row[1] for row in rows}


def _line(row: Mapping[str, Any], site_ids: tuple[int, ...], names: list[str]) -> Line:
    common = {
        "entry_id": row["entry_id"],
        "act": Act(row["act"]),
        "actor": row["actor"],
        "actor_name": row["actor_name"] or "",
        "at": row["at"],
        "sites": tuple(names),
        "site_ids": site_ids,
        "view": str(row["detail"].get("view", "")),
        "undone": row["undone_by"] is not None,
        "undoes": str(row["detail"].get("undoes", "")),
    }
    if "decided_on" not in row:
        effects = tuple(row["detail"].get(EFFECTS, ()))
        return Line(id=row["entry_id"], effects=effects, **common)
    return Line(
        id=f"{row['entry_id']}.{row['comment_id']}",
        comment_id=row["comment_id"],
        revision=row["revision"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        from_status=Status(row["from_status"]),
        to_status=Status(row["to_status"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        rule=row["rule"] or "",
        hits=tuple(row["facts"].get("hits", ())),
        model_version=row["model_version"] or "",
        **common,
    )


_COMMON = (
    journal.c.id.label("journal_id"),
    journal.c.public_id.label("entry_id"),
    journal.c.act,
    journal.c.site_id,
    journal.c.detail,
    journal.c.undone_by,
    moderator.c.name.label("actor_name"),
)


def _entries() -> Select[Any]:
    return select(
        journal.c.id.label("key"),
        journal.c.actor,
        journal.c.created_at.label("at"),
        *_COMMON,
    ).outerjoin(moderator, actors.is_moderator(journal.c.actor))


def _decisions() -> Select[Any]:
    return (
        select(
            decision.c.id.label("key"),
            decision.c.actor,
            decision.c.created_at.label("at"),
            decision.c.site_id.label("decided_on"),
            comment.c.public_id.label("comment_id"),
            decision.c.revision,
            author.c.public_id.label("author_id"),
            revision.c.name.label("author_name"),
            decision.c.from_status,
            decision.c.to_status,
            decision.c.reason,
            decision.c.rule,
            decision.c.facts,
            decision.c.model_version,
            *_COMMON,
        )
        .join(journal, journal.c.id == decision.c.journal_id)
        .join(comment, comment.c.id == decision.c.comment_id)
        .join(author, author.c.id == comment.c.author_id)
        .join(
            revision,
            (revision.c.comment_id == comment.c.id)
            & (revision.c.number == decision.c.revision),
        )
        .outerjoin(moderator, actors.is_moderator(decision.c.actor))
    )


def _rows(conn: Connection, statement: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(statement).mappings()]


def _sites(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The sites of entries that belong to several."""
    found: dict[int, tuple[int, ...]] = {}
    rows = conn.execute(
        select(journal_site.c.journal_id, journal_site.c.site_id)
        .where(one_of(conn, journal_site.c.journal_id, ids))
        .order_by(journal_site.c.site_id)
    )
    for journal_id, site_id in rows:
        found[journal_id] = (*found.get(journal_id, ()), site_id)
    return found


def _names(conn: Connection, site_ids: Collection[int]) -> dict[int, str]:
    rows = conn.execute(select(site.c.id, site.c.key).where(site.c.id.in_(site_ids)))
    return {row[0]: row[1] for row in rows}
