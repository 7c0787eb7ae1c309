"""What a decision settles besides itself: reports, appeals, and what authors are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from moderation.audit.journal import Entry
from moderation.decisions.choice import Choice
from moderation.enums import Notice, Outcome, Status
from moderation.feedback import appeals, reports
from moderation.notifications import notices

# In the detail of an entry: what a moderator answers to an appeal, and that an undo
# was undone, so that the first act counts once more.
ANSWER, AGAIN = "answer", "again"
_NEWS = {Outcome.OVERTURNED: Notice.OVERTURNED, Outcome.UPHELD: Notice.UPHELD}


def apply_consequences(
    conn: Connection, entry: Entry, journal_id: int, done: Sequence[Choice]
) -> None:
    """Draw the consequences of decisions, in their transaction.

    To reject is to agree with the reports and to uphold the rejection that is
    contested; to approve is the contrary.
    """
    people = [each for each in done if each.from_status is not Status.PENDING]
    approved = [e.comment_id for e in people if e.to_status is Status.APPROVED]
    rejected = [e.comment_id for e in people if e.to_status is Status.REJECTED]
    reports.apply_decision(conn, approved, journal_id, agreed=False)
    reports.apply_decision(conn, rejected, journal_id, agreed=True)
    answer = str(entry.detail.get(ANSWER, ""))
    overturned = appeals.apply_decision(
        conn, approved, journal_id, outcome=Outcome.OVERTURNED, answer=answer
    )
    upheld = appeals.apply_decision(
        conn, rejected, journal_id, outcome=Outcome.UPHELD, answer=answer
    )
    outcomes = dict.fromkeys(overturned, Outcome.OVERTURNED)
    outcomes |= dict.fromkeys(upheld, Outcome.UPHELD)
    _announce(conn, entry, journal_id, done, outcomes)


def revert(
    conn: Connection, undone: int, entry: Entry, by: int, done: Sequence[Choice]
) -> None:
    """Take back what the decisions of an entry settled, and nothing else.

    Where that entry was an undo itself, what it had taken back counts once more. What
    came in between, an appeal or a report, is left as it is.
    """
    reports.reopen(conn, undone, by)
    outcomes = appeals.reopen(conn, undone, by)
    notices.withdraw(conn, undone)
    if entry.detail.get(AGAIN):
        _announce(conn, entry, by, done, outcomes)


def _announce(
    conn: Connection,
    entry: Entry,
    journal_id: int,
    done: Sequence[Choice],
    outcomes: Mapping[int, Outcome],
) -> None:
    news = {
        each.comment_id: Notice(each.to_status.value)
        for each in done
        if each.to_status in (Status.APPROVED, Status.REJECTED)
        and each.from_status is not each.to_status
    }
    news |= {comment_id: _NEWS[outcome] for comment_id, outcome in outcomes.items()}
    notices.announce(conn, news, journal_id, entry.at)
