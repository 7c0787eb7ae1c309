"""Comments that were published or rejected, and moderators who decide about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from moderation.accounts.actor import Actor
from moderation.accounts.moderators import Moderator as Person
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.actions.undo import undo as undo_entry
from moderation.enums import Kind, Reason, ReportReason, Status
from moderation.feedback import reports
from moderation.feedback.reports import ReportRequest
from moderation.review import lanes
from moderation.review.lanes import Lane, Reader
from moderation.schema.comments import comment
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment, a_moderator
from tests.moderation.rows import decide, row_of


@dataclass
class Desk:
    """A site with moderators; the first one acts unless it is said otherwise."""

    database: Database
    site: Site
    moderators: int = 2
    people: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.database.write() as conn:
            self.people += [
                a_moderator(conn, self.site) for _ in range(self.moderators)
            ]

    def acting(self, number: int = 0) -> Actor:
        """One of the moderators, as the journal knows them."""
        return Actor(self.people[number].public_id, [self.site.id])

    def comment(self, status: Status | None = Status.APPROVED, **wanted: object) -> str:
        """A comment that the machine decided about, or not yet; its public id."""
        with self.database.write() as conn:
            public_id = a_comment(conn, self.site, **wanted).public_id  # type: ignore[arg-type]
            reason = Reason.SPAM if status is Status.REJECTED else None
            if status is not None:
                decide(conn, status, public_id, reason=reason)
        return public_id

    def rule(
        self,
        public_id: str,
        to: Status,
        *,
        by: int = 0,
        at: datetime | None = None,
        answer: str = "",
    ) -> str:
        """Decide about a comment as it is now; the journal entry's id."""
        with self.database.read() as conn:
            row = row_of(conn, public_id)
        reason = Reason.ABUSE if to is Status.REJECTED else None
        ruling = DecisionRequest(
            public_id, row.revision, Status(row.status), to, reason, answer=answer
        )
        return decide_comments(
            self.database, self.acting(by), ruling, at or datetime.now(UTC)
        )

    def undo(self, journal_id: str, *, by: int = 0) -> str:
        """Take an act back; the id of the entry that does it."""
        return undo_entry(self.database, self.acting(by), journal_id, datetime.now(UTC))

    def report(self, public_id: str, reporter: str, text: str = "") -> None:
        """Complain about a comment."""
        said = ReportRequest(ReportReason.ABUSE, text, reporter)
        with self.database.write() as conn:
            reports.submit(conn, public_id, said, datetime.now(UTC))

    def lane(self, kind: Kind, *, reader: int | None = None) -> list[str]:
        """Public ids of what waits in a lane, for one of the moderators or anybody."""
        who = None
        if reader is not None:
            who = Reader(self.people[reader].id, datetime.now(UTC))
        with self.database.read() as conn:
            found = lanes.page(conn, Lane([self.site.id], kind), reader=who, limit=50)
            rows = conn.execute(
                select(comment.c.id, comment.c.public_id).where(comment.c.id.in_(found))
            )
            names = {row.id: row.public_id for row in rows}
        return [names[each] for each in found]
