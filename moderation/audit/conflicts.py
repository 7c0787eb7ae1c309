"""What acts changed besides comments: an undo sees whether somebody changed it later.

That it is now as the act left it says nothing: it may have been changed and changed
back since, and whoever did that decided later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from moderation.schema.audit import journal, journal_target

# By which of its fields the thing that an effect changed is known. What is spread to a
# cluster is not here: it ends by itself and knows its own.
NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "author": ("author",),
    "ban": ("site", "what", "value"),
    "invitation": ("invitation",),
    "keys": ("site",),
    "membership": ("site", "moderator"),
    "note": ("note",),
    "settings": ("site",),
    "thread": ("thread",),
    "webhook": ("webhook",),
}


def record(
    conn: Connection, journal_id: int, effects: Iterable[Mapping[str, object]]
) -> None:
    """Keep what an entry changed."""
    rows = [{"thing": thing, "journal_id": journal_id} for thing in _things(effects)]
    if rows:
        conn.execute(insert(journal_target), rows)


def is_superseded(
    conn: Connection, journal_id: int, effects: Iterable[Mapping[str, object]]
) -> bool:
    """Whether another act changed the same later, be it to the same.

    As with decisions: an act and the one that took it back cancel out, and the latest
    of all can be taken back, an undo included.
    """
    things = _things(effects)
    rows = conn.execute(
        select(journal_target.c.thing, journal_target.c.journal_id, journal.c.undone_by)
        .join(journal, journal.c.id == journal_target.c.journal_id)
        .where(journal_target.c.thing.in_(sorted(things)))
        .order_by(journal_target.c.journal_id)
    )
    standing: dict[str, list[Any]] = defaultdict(list)
    latest: dict[str, int] = {}
    for row in rows:
        latest[row.thing] = row.journal_id
        before = standing[row.thing]
        if before and before[-1].undone_by == row.journal_id:
            before.pop()
        else:
            before.append(row)
    return any(
        journal_id not in (latest[it], *(row.journal_id for row in standing[it][-1:]))
        for it in things & set(latest)
    )


def _things(effects: Iterable[Mapping[str, object]]) -> set[str]:
    found = set()
    for effect in effects:
        after = effect["after"]
        assert isinstance(after, Mapping)
        if named_by := NAMED_BY.get(str(effect["kind"])):
            name = [effect["kind"], *(effect[each] for each in named_by)]
            found |= {":".join(map(str, [*name, each])) for each in after}
    return found
