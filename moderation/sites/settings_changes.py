"""What owners change in the settings of a site.

Each change is a journal entry with what it was before, in the same transaction, so
that it can be taken back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from moderation.audit import journal
from moderation.audit.journal import Effect, Entry, EntryRef, sides
from moderation.enums import Act
from moderation.errors import NotUndoable
from moderation.schema.sites import site
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site

# The kind of effect that is reversed here.
SETTINGS = "settings"


def change_settings(
    conn: Connection, of: Site, settings: SiteSettings, *, actor: str, now: datetime
) -> EntryRef:
    """Give a site other settings; in force within seconds, for what is decided then.

    Only what differs from the settings that were seen is written: what somebody else
    changed meanwhile stays, and so does what only another version knows. What could not
    be read was seen as what stands in its place.
    """
    seen = of.settings.model_dump(mode="json")
    wanted = settings.model_dump(mode="json")
    changed = [
        name
        for name, value in wanted.items()
        if seen[name] != value or name in of.unreadable
    ]
    before = _settings(conn, of.id)
    document = before | {name: wanted[name] for name in changed}
    conn.execute(
        update(site)
        .where(site.c.id == of.id)
        .values(settings=document, settings_version=site.c.settings_version + 1)
    )
    effect = {
        "kind": SETTINGS,
        "site": of.id,
        "before": {name: before[name] for name in changed},
        "after": {name: document[name] for name in changed},
    }
    return journal.write(
        conn, Entry(Act.SETTINGS, actor, now, (of.id,), effects=(effect,))
    )


def restore_settings(conn: Connection, effect: Effect, _now: datetime) -> Effect:
    """Give the changed settings their earlier values; others stay as they are now."""
    before, after = sides(effect)
    document = _settings(conn, effect["site"])
    if any(document.get(name) != value for name, value in after.items()):
        raise NotUndoable("changed_later")
    conn.execute(
        update(site)
        .where(site.c.id == effect["site"])
        .values(
            settings=document | before, settings_version=site.c.settings_version + 1
        )
    )
    return {**effect, "before": after, "after": before}


def _settings(conn: Connection, site_id: object) -> dict[str, Any]:
    """What a site has at the moment; nobody else changes it before the commit."""
    kept = select(site.c.settings).where(site.c.id == site_id)
    row = conn.execute(kept.with_for_update(key_share=True)).one()
    usual = SiteSettings().model_dump(mode="json")
    # What only another version knows stays as that one has left it.
    return usual | row.settings if isinstance(row.settings, dict) else usual
