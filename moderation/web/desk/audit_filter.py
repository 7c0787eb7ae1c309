"""The filter of the audit, read from the address; what makes no sense does not narrow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from moderation.accounts.members import Member
from moderation.audit.log import AuditQuery
from moderation.enums import Act

FIELDS = ("person", "act", "site", "since", "until", "comment", "author")
_ID_MAX = 64


@dataclass(frozen=True)
class AuditFilter:
    """The filter as the audit takes it, and as the form shows it again."""

    wanted: AuditQuery
    values: Mapping[str, str]


def read(args: Mapping[str, str], member: Member) -> AuditFilter:
    """The filter of a moderator: of their own sites, whatever the address says."""
    typed = {name: args.get(name, "").strip()[:_ID_MAX] for name in FIELDS}
    ids = [site.id for site, _ in member.sites if typed["site"] in ("", site.key)]
    since, until = _day(typed["since"]), _day(typed["until"])
    wanted = AuditQuery(
        site_ids=ids,
        actor=typed["person"],
        act=Act(typed["act"]) if typed["act"] in set(Act) else None,
        since=since,
        # The last day counts as a whole.
        until=until + timedelta(days=1) if until else None,
        comment_id=typed["comment"],
        author_id=typed["author"],
        after=args.get("after", "")[: 2 * _ID_MAX],
    )
    return AuditFilter(wanted, {name: value for name, value in typed.items() if value})


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Before and after these there is nothing, and no arithmetic either.
    if not 2000 <= day.year <= 9000:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
