"""Whose comment it is: known by e-mail address, or by name and network without one.

See docs/decisions/0007-without-an-address-by-name-and-network.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, false, literal, select, update

from moderation.ids import key_at, new_key, new_public_id
from moderation.schema.comments import author, comment, revision
from moderation.signing import Keyring
from moderation.storage.database import insert_all

_FORGOTTEN = "forgotten-"


class Identity(NamedTuple):
    """What an author is known by; `earlier` is what versions before knew a name by."""

    now: str
    earlier: str = ""
    network: str = ""


class Opening(NamedTuple):
    """What a new author's row says."""

    name: str
    at: datetime


def of(keyring: Keyring, *, email: str, name: str, network: str | None) -> Identity:
    """The identity of whoever wrote, from a network where one is known."""
    alone = keyring.author(email=email, name=name)
    if email or not network:
        return Identity(alone)
    return Identity(
        keyring.author(email="", name=name, network=network), alone, network
    )


_IN_SITE = author.c.site_id == bindparam("site")
_NAMED: Any = bindparam("identities", expanding=True)
# PostgreSQL locks them: the same words sent twice at once are found to be the same.
_KNOWN = (
    select(author.c.identity, author.c.id)
    .where(_IN_SITE, author.c.identity.in_(_NAMED))
    .order_by(author.c.id)
    .with_for_update(key_share=True)
)
# Of an earlier version, and surely the same: from the same network, or banned by name.
_EARLIER = (
    select(author.c.id)
    .where(
        _IN_SITE,
        author.c.identity == bindparam("identity"),
        author.c.banned
        | exists(
            select(comment.c.id)
            .join(revision, revision.c.comment_id == comment.c.id)
            .where(
                comment.c.author_id == author.c.id,
                revision.c.network == bindparam("network"),
            )
            .correlate(author)
        ),
    )
    .with_for_update(key_share=True)
)


def find_or_make(
    conn: Connection, site_id: int, wanted: Mapping[Identity, Opening]
) -> dict[Identity, int]:
    """Row keys of authors, made where they write for the first time."""
    found = _known(conn, site_id, wanted)
    for identity in wanted:
        if identity not in found and identity.earlier:
            query = {"site": site_id, "identity": identity.earlier}
            row = conn.execute(_EARLIER, query | {"network": identity.network}).first()
            if row:
                found[identity] = row[0]
    missing: list[dict[str, Any]] = [
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": site_id,
            "identity": identity.now,
            "name": opening.name,
            "approved": 0,
            "rejected": 0,
            "trusted": False,
            "banned": False,
            "by_network": bool(identity.network),
            "first_seen": opening.at,
        }
        for identity, opening in sorted(wanted.items(), key=itemgetter(0))
        if identity not in found
    ]
    if not missing:
        return found
    new = {row["identity"]: row["id"] for row in missing}
    if not insert_all(conn, author, missing):
        found |= _known(conn, site_id, wanted)
    return {each: found.get(each) or new[each.now] for each in wanted}


def forget(conn: Connection, before: datetime, limit: int) -> int:
    """Part authors from the networks that they are known by; how many there were.

    Of those who have not written since: the others are still known by it.
    """
    wrote = exists(
        select(comment.c.id)
        .where(comment.c.author_id == author.c.id, comment.c.id >= key_at(before))
        .correlate(author)
    )
    gone = (
        select(author.c.id)
        .where(author.c.by_network, author.c.first_seen < before, ~wrote)
        .order_by(author.c.first_seen)
        .limit(limit)
    )
    done = conn.execute(
        update(author)
        .where(author.c.id.in_(gone))
        .values(identity=literal(_FORGOTTEN) + author.c.public_id, by_network=false())
    )
    return int(done.rowcount)


def _known(
    conn: Connection, site_id: int, wanted: Mapping[Identity, Opening]
) -> dict[Identity, int]:
    query = {"site": site_id, "identities": sorted({each.now for each in wanted})}
    rows = {row[0]: row[1] for row in conn.execute(_KNOWN, query)}
    return {each: rows[each.now] for each in wanted if each.now in rows}
