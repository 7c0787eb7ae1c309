"""Journal entries as the Decided lane shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.accounts.members import Member
from moderation.audit import actors
from moderation.audit.history import UNDOABLE, HistoryEntry
from moderation.enums import Act
from moderation.review.updates import LastDecision
from moderation.web.language import translate
from moderation.web.status_text import decided
from moderation.web.time_format import ago


@dataclass(frozen=True)
class Line:
    """One act, ready to be read."""

    entry: HistoryEntry
    verdict: str
    by: str
    age: str
    may_undo: bool
    is_last_mine: bool


def lines(entries: Sequence[HistoryEntry], member: Member, now: datetime) -> list[Line]:
    """All acts in words; `u` takes back the latest undoable one of the member."""
    undoable = [each for each in entries if _may_undo(each, member)]
    mine = [each for each in undoable if each.actor == member.moderator.actor]
    return [
        Line(
            entry=each,
            verdict=_verdict(each),
            by=translate("decided.by", who=each.actor_name or who(each.actor)),
            age=ago(now, each.at),
            may_undo=each in undoable,
            is_last_mine=bool(mine) and each is mine[0],
        )
        for each in entries
    ]


def _may_undo(entry: HistoryEntry, member: Member) -> bool:
    """Whether an undo may be offered; whether it works is known when it is tried."""
    if entry.undone or not member.deciding or entry.act not in UNDOABLE:
        return False
    return entry.actor == member.moderator.actor or bool(member.owned)


def who(actor: str) -> str:
    """The actor of a decision as people call it."""
    return translate("decided.by_policy") if actors.is_policy(actor) else actor


def fate(of: LastDecision, now: datetime) -> str:
    """How a comment was decided last, when and by whom."""
    return translate(
        "one.decided",
        status=decided(of.status, of.reason),
        ago=ago(now, of.at),
        actor=who(of.actor),
    )


def _verdict(entry: HistoryEntry) -> str:
    if entry.act is Act.UNDO:
        return translate("decided.undo_act")
    if entry.to_status is None:
        return translate(f"act.{entry.act}")
    return decided(entry.to_status, entry.reason)
