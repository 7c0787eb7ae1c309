"""The journal: one entry for each act, whatever and however much it changed.

What an act did to comments stands in its decisions. What it did to anything else
stands in the entry as `effects`, so that one undo can take all of it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, null, select, union_all, update

from moderation.audit import conflicts
from moderation.enums import Act
from moderation.ids import new_key, new_public_id
from moderation.schema.audit import journal, journal_site

EFFECTS = "effects"
Effect = Mapping[str, object]


@dataclass(frozen=True)
class Entry:
    """One act of one actor: what a journal entry says about all that it changed."""

    act: Act
    actor: str
    at: datetime
    site_ids: Collection[int] = ()
    detail: Mapping[str, object] = field(default_factory=dict)
    effects: Sequence[Effect] = ()


@dataclass(frozen=True)
class EntryRef:
    """An entry that is in the journal; decisions may be added to it."""

    id: int
    public_id: str


def write(conn: Connection, entry: Entry) -> EntryRef:
    """Add an entry; it belongs to one site, to several or to none."""
    opened = EntryRef(new_key(), new_public_id())
    sites = sorted(set(entry.site_ids))
    effects = {EFFECTS: [dict(each) for each in entry.effects]} if entry.effects else {}
    conn.execute(
        insert(journal),
        {
            "id": opened.id,
            "public_id": opened.public_id,
            "act": entry.act.value,
            "actor": entry.actor,
            "site_id": sites[0] if len(sites) == 1 else None,
            "detail": {**entry.detail, **effects},
            "created_at": entry.at,
        },
    )
    if len(sites) > 1:
        conn.execute(
            insert(journal_site),
            [{"site_id": each, "journal_id": opened.id} for each in sites],
        )
    conflicts.record(conn, opened.id, entry.effects)
    return opened


def add_sites(conn: Connection, opened: EntryRef, site_ids: Collection[int]) -> None:
    """Let an entry that is in the journal belong to these sites too."""
    site_id = conn.execute(
        select(journal.c.site_id).where(journal.c.id == opened.id)
    ).scalar_one()
    known = sites_of(conn, opened.id, site_id)
    missing = set(site_ids) - known
    if not missing:
        return
    if site_id is not None:
        conn.execute(
            update(journal).where(journal.c.id == opened.id).values(site_id=null())
        )
        missing |= known
    conn.execute(
        insert(journal_site),
        [{"site_id": each, "journal_id": opened.id} for each in sorted(missing)],
    )


def lock_entry(conn: Connection, public_id: str) -> Any:
    """The entry with this id, or None; nobody else continues or undoes it meanwhile.

    Before the turn on its sites, here as there: it may come to belong to more of them.
    """
    found = select(journal).where(journal.c.public_id == public_id)
    return conn.execute(found.with_for_update(key_share=True)).first()


def sites_of(conn: Connection, journal_id: int, site_id: int | None) -> set[int]:
    """The sites that an entry belongs to."""
    if site_id is not None:
        return {site_id}
    rows = conn.execute(
        select(journal_site.c.site_id).where(journal_site.c.journal_id == journal_id)
    )
    return set(rows.scalars())


def of_sites(
    site_ids: Collection[int], *, before: int | None, limit: int
) -> Select[Any]:
    """The ids of the latest entries of these sites, newest first, each once.

    One look into an index per site, because no index has the order of several.
    """
    parts = []
    for table, key in (
        (journal, journal.c.id),
        (journal_site, journal_site.c.journal_id),
    ):
        for site_id in sorted(site_ids):
            part = select(key.label("id")).where(table.c.site_id == site_id)
            if before is not None:
                part = part.where(key < before)
            newest = part.order_by(key.desc()).limit(limit).subquery()
            parts.append(select(newest.c.id))
    found = union_all(*parts).subquery()
    return select(found.c.id).distinct().order_by(found.c.id.desc()).limit(limit)


def sides(effect: Effect) -> tuple[dict[str, object], dict[str, object]]:
    """What an effect changed, as it was before and as it is since."""
    before, after = effect["before"], effect["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    return before, after
