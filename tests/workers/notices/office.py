"""A desk whose authors want to hear, and the delivery job on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, update

from moderation.enums import Status
from moderation.schema.comments import author
from moderation.storage.database import Database
from tests.moderation.settled import Desk
from tests.postbox import Postbox
from tests.travelling import travel
from workers.budgets import Budget
from workers.runtime import Runtime
from workers.send_notices import deliver

ADA = "ada@example.org"
PUBLISHED = "Your comment on The news of news is published"
REJECTED = "Your comment on The news of news was not published"
CONFIRM = "Please confirm your e-mail address for The news of news"


@dataclass
class Office:
    """A desk whose authors want to hear, and the delivery job on the way."""

    desk: Desk
    runtime: Runtime
    postbox: Postbox

    @property
    def database(self) -> Database:
        """The desk's store."""
        return self.desk.database

    def comment(
        self,
        status: Status | None = Status.HELD,
        *,
        confirmed: bool = True,
        language: str = "en",
        **wanted: object,
    ) -> str:
        """A comment by Ada, who asked to be told; the machine decided about it."""
        values = {"name": "Ada", "email": ADA, "notify_in": language} | wanted
        public_id = self.desk.comment(status, **values)
        if confirmed:
            with self.database.write() as conn:
                conn.execute(update(author).values(email_confirmed_at=func.now()))
        return public_id

    def deliver(self, *, seconds_later: float = 11) -> int:
        """Let the delivery job come when the grace time is over."""
        then = datetime.now(UTC) + timedelta(seconds=seconds_later)
        with travel(then):
            return deliver(self.runtime, Budget())

    def kinds(self) -> list[str]:
        """What was told, by the subjects of the mails."""
        return [mail["Subject"] for mail in self.postbox.mails]
