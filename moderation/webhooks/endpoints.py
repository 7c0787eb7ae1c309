"""Webhooks: the servers of a publisher that want to hear what became of comments.

Owners add and remove them; each change is a journal entry that can be taken back.
What is told, and when, is in `moderation.webhooks.deliveries`.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, null, select, update

from moderation.audit import journal
from moderation.audit.journal import Effect, Entry, EntryRef
from moderation.enums import Act
from moderation.errors import BadWebhook, NotFound, NotUndoable
from moderation.ids import new_key, new_public_id
from moderation.schema.webhooks import webhook
from moderation.signing import Keyring
from moderation.sites.site import Site
from moderation.sites.urls import origin_of
from moderation.storage import site_locks

# The kind of effect that is reversed here.
WEBHOOK = "webhook"
URL_MAX = 500
# Each costs a message for every decision.
WEBHOOKS_MAX = 5


@dataclass(frozen=True)
class Webhook:
    """A server that is told, and how that goes."""

    id: str
    url: str
    # What came of the last attempt, and when: a status code or one word.
    last_result: str
    last_at: datetime | None
    failing_since: datetime | None
    paused_until: datetime | None


def of_site(conn: Connection, site_id: int) -> list[Webhook]:
    """Those that are told, the oldest first."""
    rows = conn.execute(
        select(webhook)
        .where(webhook.c.site_id == site_id, webhook.c.ended_at.is_(None))
        .order_by(webhook.c.id)
    )
    return [
        Webhook(
            row.public_id,
            row.url,
            row.last_result,
            row.last_at,
            row.failing_since,
            row.paused_until,
        )
        for row in rows
    ]


def add(conn: Connection, to: Site, url: str, *, actor: str, now: datetime) -> EntryRef:
    """Tell a server from now on, beginning with a trial message.

    BadWebhook where the address is none that can be told, or there are too many.
    """
    if len(url) > URL_MAX or "#" in url or origin_of(url) is None:
        raise BadWebhook("address")
    site_locks.lock_sites(conn, [to.id])
    active = select(func.count()).where(
        webhook.c.site_id == to.id, webhook.c.ended_at.is_(None)
    )
    if conn.execute(active).scalar_one() >= WEBHOOKS_MAX:
        raise BadWebhook("too_many")
    public_id = new_public_id()
    conn.execute(
        insert(webhook),
        {
            "id": new_key(),
            "public_id": public_id,
            "site_id": to.id,
            "url": url,
            "created_at": now,
            "wants_trial": True,
        },
    )
    return _note(conn, _effect(public_id, to.id, None, url), actor, now)


def remove(
    conn: Connection, site_id: int, public_id: str, *, actor: str, now: datetime
) -> EntryRef:
    """Tell a server nothing more; NotFound when it is not told as it is."""
    site_locks.lock_sites(conn, [site_id])
    url = _switch(conn, site_id, public_id, ended_at=now)
    if url is None:
        raise NotFound("webhook")
    return _note(conn, _effect(public_id, site_id, url, None), actor, now)


def try_out(conn: Connection, of: Site, public_id: str) -> None:
    """Send a trial message soon, whatever failed before; NotFound as for `remove`."""
    changed = conn.execute(
        update(webhook)
        .where(
            webhook.c.site_id == of.id,
            webhook.c.public_id == public_id,
            webhook.c.ended_at.is_(None),
        )
        .values(wants_trial=True, paused_until=null())
    )
    if not changed.rowcount:
        raise NotFound("webhook")


def restore(conn: Connection, effect: Effect, now: datetime) -> Effect:
    """Tell a server again, or no more; NotUndoable when that was changed since."""
    public_id, site_id = str(effect["webhook"]), int(str(effect["site"]))
    before, after = effect["before"], effect["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    ended_at = null() if before["server"] else now
    if _switch(conn, site_id, public_id, ended_at=ended_at) is None:
        raise NotUndoable("changed_later")
    return {**effect, "before": after, "after": before}


def secret(keyring: Keyring, public_id: str) -> str:
    """What a server checks signatures with; derived, and stored nowhere.

    As https://www.standardwebhooks.com spells it.
    """
    return f"whsec_{b64encode(keyring.digest('webhook', public_id)).decode()}"


def _switch(
    conn: Connection, site_id: int, public_id: str, *, ended_at: Any
) -> str | None:
    """Begin or end to tell a server that is not or is told; its address, if so."""
    is_told = webhook.c.ended_at.is_(None)
    ends = isinstance(ended_at, datetime)
    url = conn.execute(
        update(webhook)
        .where(
            webhook.c.site_id == site_id,
            webhook.c.public_id == public_id,
            is_told if ends else ~is_told,
        )
        .values(
            ended_at=ended_at, failures=0, failing_since=null(), paused_until=null()
        )
        .returning(webhook.c.url)
    ).scalar()
    return str(url) if url is not None else None


def _effect(
    public_id: str, site_id: int, before: str | None, after: str | None
) -> Effect:
    return {
        "kind": WEBHOOK,
        "webhook": public_id,
        "site": site_id,
        # Only whose server it is: all members read the audit, and the rest of the
        # address is often as good as a password.
        "before": {"server": before and origin_of(before)},
        "after": {"server": after and origin_of(after)},
    }


def _note(conn: Connection, effect: Effect, actor: str, now: datetime) -> EntryRef:
    sites = (int(str(effect["site"])),)
    return journal.write(
        conn, Entry(Act.SETTINGS, actor, now, sites, effects=(effect,))
    )
