"""Sites: who embeds the form, where it may be sent from, and how careful it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from sqlalchemy import Connection, RowMapping, insert, select

from moderation.identity import new_key
from moderation.page_addresses import PageRules
from moderation.site_urls import origin_of
from moderation.sites_schema import site
from moderation.vocabulary import ATTRIBUTES, Mode
from moderation.words import Pattern, check_pattern

# What is stored was checked when it was saved, by this version or another one.
STORED = {"stored": True}


class Threshold(BaseModel):
    """From which score on a comment is held, and from which it is rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hold_at: float = Field(ge=0, le=1)
    reject_at: float = Field(ge=0, le=1.01)

    @model_validator(mode="after")
    def _ordered(self) -> Threshold:
        if self.reject_at < self.hold_at:
            raise ValueError("reject_at must not be below hold_at")
        return self


def _pattern(text: str, info: ValidationInfo) -> str:
    return text if info.context is STORED else check_pattern(text)


def _list(entries: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if info.context is not STORED:
        Pattern.of(entries).check()
    return entries


PatternText = Annotated[str, Field(max_length=200), AfterValidator(_pattern)]
WordList = Annotated[
    tuple[PatternText, ...], Field(max_length=1000), AfterValidator(_list)
]


ParameterName = Annotated[
    str,
    AfterValidator(str.casefold),
    Field(pattern=r"^[^\s&=#*]+\*?$", max_length=100),
]


class SiteSettings(BaseModel):
    """The document in ``site.settings``; unknown names are refused when it is saved."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = Mode.HOLD_FIRST_TIME
    # Missing attributes take the thresholds measured for the model in use.
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    links_allowed: int = Field(default=2, ge=0, le=100)
    blocked_words: WordList = ()
    suspect_words: WordList = ()
    form_requires_email: bool = True
    requires_email: bool = False
    requires_form_token: bool = False
    # What the form says above itself; empty: what the language says.
    form_title: str = Field(default="", max_length=80)
    form_asks_for_website: bool = True
    # Whether readers may ask to be told by mail, where mail can be sent.
    offers_notices: bool = True
    # What names no page, besides what is known to: `cid`, or `cid*` for all that begin so.
    tracking_parameters: tuple[ParameterName, ...] = Field(default=(), max_length=100)
    # Whether /harbour/index.html is /harbour.
    folds_index_pages: bool = True
    # Of what the policy approves, the share that a person looks at all the same.
    spot_check_share: float = Field(default=0.01, ge=0, le=1)
    # Of what a moderator decides, the share that another one decides too, unknowing.
    second_look_share: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _known_attributes(self) -> SiteSettings:
        unknown = set(self.thresholds) - set(ATTRIBUTES)
        if unknown:
            raise ValueError(f"unknown attributes: {', '.join(sorted(unknown))}")
        return self


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


def stored_settings(document: object) -> tuple[SiteSettings, tuple[str, ...]]:
    """The settings in a row, and the names of those that cannot be read.

    Another version may have written it, in a rolling upgrade or before a rollback.
    Names that this one does not know are passed over; a value that it does not know is
    replaced by the usual one and named.
    """
    unreadable: dict[str, None] = {}
    if not isinstance(document, dict):
        return SiteSettings(), ("settings",)
    known = {
        name: document[name] for name in SiteSettings.model_fields if name in document
    }
    while True:
        try:
            return SiteSettings.model_validate(known, context=STORED), tuple(unreadable)
        except ValidationError as error:
            # What is wrong with the whole is about the thresholds.
            names = [
                str((each["loc"] or ("thresholds",))[0]) for each in error.errors()
            ]
        unreadable |= dict.fromkeys(names)
        known = {name: each for name, each in known.items() if name not in names}


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
