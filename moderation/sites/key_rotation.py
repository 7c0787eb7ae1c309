"""Rotations: a site gets other keys, and the ones that leaked open nothing any more."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, select, update

from moderation.audit import journal
from moderation.audit.journal import Effect, Entry, EntryRef
from moderation.enums import Act
from moderation.errors import NotUndoable
from moderation.schema.sites import site
from moderation.sites.site import Site

# The kind of effect that is reversed here.
KEYS = "keys"
_GENERATIONS = 2**31 - 1


def rotate(conn: Connection, of: Site, *, actor: str, now: datetime) -> EntryRef:
    """Derive the secret and the Akismet key of a site anew; the public key stays.

    A generation is drawn and not counted, so that none comes again after an undo.
    """
    before = _generation(conn, of.id)
    after = secrets.randbelow(_GENERATIONS) + 1
    _write(conn, of.id, after)
    effect = _effect(of.id, before, after)
    return journal.write(
        conn, Entry(Act.SETTINGS, actor, now, (of.id,), effects=(effect,))
    )


def restore(conn: Connection, effect: Effect, _now: datetime) -> Effect:
    """Make the earlier keys good again, unless they were changed again since."""
    before, after = effect["before"], effect["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    site_id = int(str(effect["site"]))
    if _generation(conn, site_id) != after["generation"]:
        raise NotUndoable("changed_later")
    _write(conn, site_id, before["generation"])
    return _effect(site_id, after["generation"], before["generation"])


def _effect(site_id: int, before: int, after: int) -> Effect:
    return {
        "kind": KEYS,
        "site": site_id,
        "before": {"generation": before},
        "after": {"generation": after},
    }


def _generation(conn: Connection, site_id: int) -> int:
    kept = select(site.c.key_generation).where(site.c.id == site_id)
    return int(conn.execute(kept.with_for_update(key_share=True)).scalar_one())


def _write(conn: Connection, site_id: int, generation: int) -> None:
    conn.execute(
        update(site).where(site.c.id == site_id).values(key_generation=generation)
    )
