"""What is known about comments besides what they say: who complained, what is alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from sqlalchemy import Connection

from moderation import appeals, likeness, notes, reports
from moderation.appeals import Appeal
from moderation.likeness import Precedent, Stack
from moderation.members import Member
from moderation.notes import Note
from moderation.reports import Report
from moderation.web.language import locale, say


@dataclass(frozen=True)
class Evidence:
    """All of it for one comment, in the words of the person who asks."""

    language: str = ""
    # "spam (2), abuse"
    complaints: str = ""
    # What readers wrote with their reports.
    quotes: tuple[str, ...] = ()
    appeal: Appeal | None = None
    # What says the same, and what people decided about it.
    stack: Stack | None = None
    alike: tuple[str, ...] = ()
    # What other moderators wrote on the card.
    notes: Sequence[Note] = ()


PRECEDENTS_SHOWN = 2


def of(
    conn: Connection, comment_ids: Sequence[int], member: Member
) -> dict[int, Evidence]:
    """The evidence about comments, by their row keys."""
    described = likeness.described(conn, comment_ids)
    languages = {
        each.comment_id: _language(each.language, locale()) for each in described
    }
    complaints = reports.of(conn, comment_ids)
    contested = appeals.of(conn, comment_ids)
    noted = notes.of_comments(conn, comment_ids)
    stacks = likeness.stacks(conn, described, member.site_ids)
    precedents = likeness.decided_alike(
        conn, described, member.site_ids, member.moderator.actor
    )
    return {
        each: Evidence(
            language=languages.get(each, ""),
            complaints=_in_words(complaints.get(each, ())),
            quotes=tuple(it.text for it in complaints.get(each, ()) if it.text),
            appeal=contested.get(each),
            stack=stacks.get(each),
            notes=noted.get(each, ()),
            alike=tuple(
                _precedent(it) for it in precedents.get(each, ())[:PRECEDENTS_SHOWN]
            ),
        )
        for each in comment_ids
    }


@lru_cache(maxsize=512)
def _language(code: str, language: str) -> str:
    return str(Locale.parse(language).languages.get(code, code))


def _in_words(found: Sequence[Report]) -> str:
    counted = Counter(each.complaint for each in found)
    return ", ".join(
        say("card.complaint", what=say(f"reason_short.{complaint}"), n=number)
        for complaint, number in counted.most_common()
    )


def _precedent(it: Precedent) -> str:
    whose = "_mine" if it.mine else ""
    reason = say(f"reason_short.{it.reason}") if it.reason else ""
    return say(f"card.alike_{it.to_status}{whose}", n=it.times, reason=reason)
