"""The settings of a site: the document that is stored, and how one is read."""

from __future__ import annotations

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

from moderation.enums import ATTRIBUTES, Mode
from moderation.sites.word_lists import Pattern, check_pattern

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
    # Whether a known author who writes from elsewhere is held: an address is not proved.
    holds_known_author_on_new_network: bool = False
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
