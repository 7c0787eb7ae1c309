"""Sites: who embeds the form, where it may be sent from, and how careful it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select

from moderation.ids import new_key
from moderation.schema.sites import site
from moderation.sites.page_addresses import PageRules
from moderation.sites.settings import SiteSettings, stored_settings
from moderation.sites.urls import origin_of
from moderation.sites.word_lists import Pattern


@dataclass(frozen=True)
class Site:
    """One site as the service sees it; its word lists are compiled once."""

    id: int
    key: str
    name: str
    origins: tuple[str, ...]
    settings: SiteSettings
    key_generation: int
    blocked: Pattern
    suspect: Pattern
    # Settings that are stored but say nothing to this version: what they would have
    # decided, a person decides.
    unreadable: tuple[str, ...] = ()

    @property
    def page_rules(self) -> PageRules:
        """When two addresses are the same page of this site."""
        settings = self.settings
        return PageRules(settings.tracking_parameters, settings.folds_index_pages)


def add(
    conn: Connection,
    *,
    key: str,
    name: str,
    origins: Sequence[str],
    now: datetime,
    settings: SiteSettings | None = None,
) -> Site:
    """Store a new site; ValueError names an origin that is not one."""
    cleaned = []
    for text in origins:
        origin = origin_of(text)
        if origin is None:
            raise ValueError(f"not an origin: {text!r}; use https://www.example.org")
        cleaned.append(origin)
    conn.execute(
        insert(site),
        {
            "id": new_key(),
            "key": key,
            "name": name,
            "origins": cleaned,
            "settings": (settings or SiteSettings()).model_dump(mode="json"),
            "created_at": now,
        },
    )
    found = find(conn, key)
    assert found is not None
    return found


def find(conn: Connection, key: str) -> Site | None:
    """The site with this public key, or None."""
    row = conn.execute(select(site).where(site.c.key == key)).mappings().first()
    return of_row(row) if row else None


def by_id(conn: Connection, ids: Sequence[int]) -> dict[int, Site]:
    """Several sites at once, by their row keys."""
    rows = conn.execute(select(site).where(site.c.id.in_(ids))).mappings()
    return {row["id"]: of_row(row) for row in rows}


def locked(conn: Connection, site_id: int) -> Site:
    """The site as it is now, kept from others who would change it until the commit."""
    row = conn.execute(
        select(site).where(site.c.id == site_id).with_for_update(key_share=True)
    )
    return of_row(row.mappings().one())


def of_row(row: RowMapping) -> Site:
    """Read a row of the table, whatever another version or a hand has made of it."""
    settings, unreadable = stored_settings(row["settings"])
    return Site(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        # Earlier versions kept them as they were typed.
        origins=tuple(origin_of(each) or each for each in row["origins"] or ()),
        settings=settings,
        key_generation=row["key_generation"],
        blocked=Pattern.of(settings.blocked_words),
        suspect=Pattern.of(settings.suspect_words),
        unreadable=unreadable,
    )
