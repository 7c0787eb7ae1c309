"""Bans of more than one author: a mail domain or a network, on one site."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, null, or_, select, update

from moderation.audit.journal import Effect, EntryRef
from moderation.enums import BanKind
from moderation.errors import NotUndoable
from moderation.ids import new_key, new_public_id
from moderation.schema.authors import ban

# The kind of effect that is reversed here.
BAN = "ban"


@dataclass(frozen=True)
class Ban:
    """A ban that is in force."""

    public_id: str
    site_id: int
    kind: BanKind
    value: str
    until: datetime | None


def is_on(banned: bool, until: datetime | None, now: datetime) -> bool:
    """Whether a ban that was pronounced is in force; without an end it is for good."""
    return banned and (until is None or until > now)


def domain_of(email: str) -> str:
    """The mail domain that a ban would name; empty without an address."""
    return email.rpartition("@")[2].casefold().strip()


def impose(site_id: int, kind: BanKind, value: str, until: datetime | None) -> Effect:
    """What the journal keeps of a new ban; `enter` makes it so."""
    return {
        "kind": BAN,
        "ban": new_public_id(),
        "site": site_id,
        "what": kind.value,
        "value": value,
        "until": until.isoformat() if until else None,
        "before": {"on": False},
        "after": {"on": True},
    }


def enter(
    conn: Connection, effects: Iterable[Effect], opened: EntryRef, now: datetime
) -> None:
    """Put the bans of a journal entry in force."""
    rows = [
        {
            "id": new_key(),
            "public_id": effect["ban"],
            "site_id": effect["site"],
            "kind": effect["what"],
            "value": effect["value"],
            "until": datetime.fromisoformat(str(effect["until"]))
            if effect["until"]
            else None,
            "journal_id": opened.id,
            "created_at": now,
        }
        for effect in effects
        if effect["kind"] == BAN and effect["after"] == {"on": True}
    ]
    if rows:
        conn.execute(insert(ban), rows)


def lift(
    conn: Connection,
    site_ids: Collection[int],
    kind: BanKind,
    value: str,
    now: datetime,
) -> list[Effect]:
    """End the bans of a domain or network; what the journal keeps of that."""
    rows = conn.execute(
        update(ban)
        .where(
            ban.c.site_id.in_(site_ids),
            ban.c.kind == kind.value,
            ban.c.value == value,
            ban.c.lifted_at.is_(None),
        )
        .values(lifted_at=now)
        .returning(ban.c.public_id, ban.c.site_id)
    )
    return [
        {
            "kind": BAN,
            "ban": row.public_id,
            "site": row.site_id,
            "what": kind.value,
            "value": value,
            "before": {"on": True},
            "after": {"on": False},
        }
        for row in rows
    ]


def restore(conn: Connection, effect: Effect, now: datetime) -> Effect:
    """Put a ban back to what it was, unless somebody changed it since."""
    before, after = effect["before"], effect["after"]
    was_on = after == {"on": True}
    changed = conn.execute(
        update(ban)
        .where(
            ban.c.public_id == effect["ban"],
            ban.c.lifted_at.is_(None) if was_on else ban.c.lifted_at.is_not(None),
        )
        .values(lifted_at=now if was_on else null())
    )
    if not changed.rowcount:
        raise NotUndoable("changed_later")
    return {**effect, "before": after, "after": before}


def in_force(
    conn: Connection,
    site_ids: Collection[int],
    values: Collection[str],
    now: datetime,
) -> list[Ban]:
    """The bans on these sites of these domains and networks."""
    if not values:
        return []
    rows = conn.execute(
        select(ban).where(
            ban.c.site_id.in_(sorted(site_ids)),
            ban.c.kind.in_([each.value for each in BanKind]),
            ban.c.value.in_(sorted(values)),
            ban.c.lifted_at.is_(None),
            or_(ban.c.until.is_(None), ban.c.until > now),
        )
    )
    return [
        Ban(row.public_id, row.site_id, BanKind(row.kind), row.value, row.until)
        for row in rows
    ]


def hit(
    conn: Connection,
    senders: Sequence[tuple[int, str, str | None]],
    now: datetime,
) -> set[tuple[int, str]]:
    """Which domains and networks of these senders are banned, by site.

    A sender is a site, an e-mail address and a network.
    """
    values = {domain_of(email) for _, email, _ in senders}
    values |= {network for _, _, network in senders if network}
    found = in_force(conn, {each[0] for each in senders}, values - {""}, now)
    return {(each.site_id, each.value) for each in found}
