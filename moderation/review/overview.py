"""What stands beside every page of the desk, and moves while it is open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, literal, select, union_all

from moderation.accounts.moderators import Moderator
from moderation.audit import history
from moderation.enums import Kind
from moderation.ids import key_at
from moderation.review import claims, lanes
from moderation.storage import leases

_waits, _decided, _present = (
    each.subquery() for each in (lanes.COUNTS, history.DECIDED_SINCE, claims.PRESENT)
)
# Three looks in one: to PostgreSQL each would be a message of its own.
_ALL = union_all(
    select(literal("waits").label("what"), *_waits.c),
    select(literal("decided"), literal(""), *_decided.c),
    select(literal("present"), *_present.c, literal(0)),
)


class Overview(NamedTuple):
    """What waits, what was done in a day, and who else is at work."""

    counts: Mapping[Kind, int]
    # By the moderator who asks, without what they took back.
    decided_today: int
    # Names, in alphabetical order.
    present: Sequence[str]


def read(
    conn: Connection, who: Moderator, site_ids: Collection[int], now: datetime
) -> Overview:
    """The overview of some sites for one moderator."""
    asked = {
        "sites": list(site_ids),
        "actor": who.actor,
        "begin": key_at(now - history.DAY),
        "me": who.id,
        **leases.asked(now, claims.LEASE),
    }
    counts, decided, present = dict.fromkeys(Kind, 0), 0, []
    for what, name, number in conn.execute(_ALL, asked):
        if what == "waits":
            counts[Kind(name)] = int(number)
        elif what == "decided":
            decided = number
        else:
            present.append(name)
    return Overview(counts, decided, sorted(present))
