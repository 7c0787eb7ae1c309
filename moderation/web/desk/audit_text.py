"""Lines of the audit in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.dates import format_datetime

from moderation.accounts.members import Member
from moderation.audit.entries import Line
from moderation.audit.history import FINAL
from moderation.enums import Act
from moderation.web.cards import views
from moderation.web.language import locale, translate

_SHORT = 60


@dataclass(frozen=True)
class AuditEntryView:
    """One line, ready to be read."""

    line: Line
    what: str
    by: str
    when: str
    why: tuple[str, ...]
    changes: tuple[str, ...]
    may_undo: bool


def entry_view(line: Line, member: Member) -> AuditEntryView:
    """Everything that the page says about a line."""
    why = [translate(f"reason_short.{line.reason}")] if line.reason else []
    why += views.told(line.hits)
    return AuditEntryView(
        line=line,
        what=_what(line),
        by=line.actor_name or who(line.actor),
        when=f"{format_datetime(line.at, locale=locale())} UTC",
        why=tuple(why),
        changes=tuple(text for each in line.effects for text in _changes(each)),
        may_undo=_may_undo(line, member),
    )


def who(actor: str) -> str:
    """An actor that is no moderator of today."""
    kind, _, _ = actor.partition(":")
    return _say_or(f"actor.{kind}", actor)


def _what(line: Line) -> str:
    if line.to_status is not None:
        verdict = translate(f"decided.{line.to_status}")
        if line.act in (Act.SCORE, Act.DECIDE):
            return verdict
        return translate(
            "audit.decided_by_act", verdict=verdict, act=translate(f"act.{line.act}")
        )
    if line.act is Act.UNDO and line.undoes in set(Act):
        return translate("audit.took_back", act=translate(f"act.{line.undoes}"))
    return translate(f"act.{line.act}")


def _may_undo(line: Line, member: Member) -> bool:
    """Whether to offer it; whether it works is known when it is tried."""
    if line.undone or line.act in FINAL:
        return False
    if not set(line.site_ids) <= member.deciding:
        return False
    mine = line.actor == member.moderator.actor
    return mine or set(line.site_ids) <= member.owned


def _changes(effect: Mapping[str, Any]) -> list[str]:
    """What an effect changed, each thing from what to what."""
    about = str(effect.get("name") or effect.get("value") or "")
    found = []
    before, after = effect.get("before") or {}, effect.get("after") or {}
    for name in after:
        what = translate("audit.changed", what=_thing(effect, name),
                   before=_value(before.get(name)), after=_value(after[name]))  # fmt: skip
        found.append(f"{about}: {what}" if about else what)
    return found


def _thing(effect: Mapping[str, Any], name: str) -> str:
    """What is changed, in words where there are some."""
    return _say_or(f"effect.{effect['kind']}.{name}", name.replace("_", " "))


def _say_or(code: str, otherwise: str) -> str:
    try:
        return translate(code)
    except KeyError:
        return otherwise


def _value(value: object) -> str:
    if value in (None, "", [], {}):
        return translate("audit.nothing")
    if isinstance(value, bool):
        return translate("audit.yes" if value else "audit.no")
    if isinstance(value, list):
        text = ", ".join(str(each) for each in value)
    else:
        text = str(value)
    return text if len(text) <= _SHORT else text[:_SHORT] + "…"
