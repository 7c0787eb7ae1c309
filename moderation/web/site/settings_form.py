"""The settings of a site as a form: what it shows, and what somebody typed into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from moderation.enums import ATTRIBUTES
from moderation.sites.settings import SiteSettings
from moderation.web.language import translate

WORD_LISTS = ("blocked_words", "suspect_words")
# All settings that have a line for each thing.
LISTS = (*WORD_LISTS, "tracking_parameters")
# Boxes to tick and lines to type, whatever they are called.
FLAGS = tuple(
    name
    for name, field in SiteSettings.model_fields.items()
    if field.annotation is bool
)
LINES = tuple(
    name for name, field in SiteSettings.model_fields.items() if field.annotation is str
)
# Shares of one are typed in percent.
SHARES = {
    "spot_check_percent": "spot_check_share",
    "second_look_percent": "second_look_share",
}


@dataclass(frozen=True)
class SettingsForm:
    """A form that came back; without `settings` its errors say why, by field."""

    values: Mapping[str, str]
    settings: SiteSettings | None
    errors: Mapping[str, str]


def form_of(settings: SiteSettings) -> dict[str, str]:
    """What the fields of the form say for these settings."""
    values = {
        "mode": settings.mode.value,
        "links_allowed": str(settings.links_allowed),
    }
    values |= {
        place: f"{100 * getattr(settings, name):g}" for place, name in SHARES.items()
    }
    values |= {name: "\n".join(getattr(settings, name)) for name in LISTS}
    values |= {name: "on" if getattr(settings, name) else "" for name in FLAGS}
    values |= {name: getattr(settings, name) for name in LINES}
    for name, threshold in settings.thresholds.items():
        values[f"hold_{name}"] = f"{threshold.hold_at:g}"
        values[f"reject_{name}"] = f"{threshold.reject_at:g}"
    return values


def version_of(settings: SiteSettings) -> str:
    """What tells that somebody else saved while the form was open."""
    return sha256(settings.model_dump_json().encode()).hexdigest()[:16]


def read(form: Mapping[str, str], before: SiteSettings) -> SettingsForm:
    """The settings that somebody typed; what the form does not show stays as before."""
    errors: dict[str, str] = {}
    document = before.model_dump(mode="json")
    document["mode"] = form.get("mode", "")
    document["links_allowed"] = _number(form, "links_allowed", errors)
    for place, name in SHARES.items():
        document[name] = _number(form, place, errors) / 100
    for name in LISTS:
        lines = (line.strip() for line in form.get(name, "").splitlines())
        document[name] = list(dict.fromkeys(line for line in lines if line))
    document |= {name: name in form for name in FLAGS}
    document |= {name: form.get(name, "").strip() for name in LINES}
    document["thresholds"] = _thresholds(form, errors)
    settings = None
    try:
        settings = SiteSettings.model_validate(document)
    except ValidationError as problem:
        for each in problem.errors():
            place, what = _place(each["loc"]), str(each["msg"])
            errors.setdefault(place, _sentence(place, what))
    return SettingsForm(dict(form), None if errors else settings, errors)


def _thresholds(
    form: Mapping[str, str], errors: dict[str, str]
) -> dict[str, dict[str, float]]:
    """Those that are typed; an attribute without any takes the measured ones."""
    found = {}
    for name in ATTRIBUTES:
        places = {"hold_at": f"hold_{name}", "reject_at": f"reject_{name}"}
        typed = [place for place in places.values() if form.get(place, "").strip()]
        if len(typed) == 1:
            errors[places["hold_at"]] = translate("settings.both_thresholds")
        elif typed:
            found[name] = {
                side: _number(form, place, errors) for side, place in places.items()
            }
    return found


def _number(form: Mapping[str, str], place: str, errors: dict[str, str]) -> float:
    text = form.get(place, "").strip().replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    # Not a number, and not infinite either.
    if not abs(number) < 1e9:
        errors[place] = translate("settings.not_a_number")
        return 0
    return number


def _place(loc: tuple[int | str, ...]) -> str:
    """The field of the form that an error is about."""
    if loc[0] == "thresholds":
        return f"hold_{loc[1]}" if len(loc) > 1 else "hold_SPAM"
    typed = {name: place for place, name in SHARES.items()}
    return typed.get(str(loc[0]), str(loc[0]))


def _sentence(place: str, what: str) -> str:
    if place in WORD_LISTS:
        return translate("settings.bad_words", what=what.removeprefix("Value error, "))
    if place.startswith("hold_"):
        return translate("settings.bad_threshold")
    return translate("settings.out_of_range")
