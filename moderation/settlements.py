"""What a decision settles besides itself: reports, appeals, and what authors are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from moderation import appeals, notices, reports
from moderation.journals import Entry
from moderation.vocabulary import Act, Notice, Outcome, Status

if TYPE_CHECKING:
    from moderation.decisions import Choice

# In the detail of an entry: what a moderator answers to an appeal, and that an undo
# was undone, so that the first act counts once more.
ANSWER, AGAIN = "answer", "again"


def takes_back(entry: Entry) -> bool:
    """Whether an entry only restores what was before another one."""
    return entry.act is Act.UNDO and not entry.detail.get(AGAIN)


def settle(
    conn: Connection, entry: Entry, journal_id: int, done: Sequence[Choice]
) -> None:
    """Draw the consequences of decisions, in their transaction.

    To reject is to agree with the reports and to uphold the rejection that is
    contested; to approve is the contrary.
    """
    people = [each for each in done if each.from_status is not Status.PENDING]
    approved = [e.comment_id for e in people if e.to_status is Status.APPROVED]
    rejected = [e.comment_id for e in people if e.to_status is Status.REJECTED]
    reports.settle(conn, approved, journal_id, agreed=False)
    reports.settle(conn, rejected, journal_id, agreed=True)
    answer = str(entry.detail.get(ANSWER, ""))
    overturned = appeals.settle(
        conn, approved, journal_id, outcome=Outcome.OVERTURNED, answer=answer
    )
    upheld = appeals.settle(
        conn, rejected, journal_id, outcome=Outcome.UPHELD, answer=answer
    )
    news = {
        each.comment_id: Notice(each.to_status.value)
        for each in done
        if each.to_status in (Status.APPROVED, Status.REJECTED)
        and each.from_status is not each.to_status
    }
    news |= dict.fromkeys(overturned, Notice.OVERTURNED)
    news |= dict.fromkeys(upheld, Notice.UPHELD)
    notices.announce(conn, news, journal_id, entry.at)


def take_back(conn: Connection, journal_id: int) -> None:
    """Take back what the decisions of an entry settled."""
    reports.unsettle(conn, journal_id)
    appeals.unsettle(conn, journal_id)
    notices.withdraw(conn, journal_id)
