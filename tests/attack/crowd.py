"""A newspaper whose every commenter is hostile, and what they left everywhere."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import func, select

from moderation.accounts.actor import Actor
from moderation.actions import bulk
from moderation.actions.bulk import SeenComment
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.comments import names
from moderation.demo import address
from moderation.enums import Kind, Order, Reason, ReportReason, Status
from moderation.feedback import appeals, reports
from moderation.feedback.reports import ReportRequest
from moderation.review import lanes, queue
from moderation.review.lanes import Lane
from moderation.schema.comments import comment
from moderation.schema.search import index_queue
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import site as sites
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.service import Service

# Every so many, a comment opens a thread of its own, which it gives its title.
THREADS_EVERY = 4


@dataclass
class Crowd:
    """The service and what was posted to it; ``ids`` are in the order of `payloads`."""

    service: Service
    settings: Settings
    database: Database
    payloads: Sequence[str]
    ids: list[str] = field(default_factory=list)

    @property
    def site(self) -> Site:
        """The newspaper."""
        with self.database.read() as conn:
            found = sites.find(conn, address.SITE_KEY)
        assert found
        return found

    def post(self) -> None:
        """Send every payload, by turns as JSON and as a form; all must be taken."""
        for number, payload in enumerate(self.payloads):
            answered = self._send(number, payload)
            assert answered in (202, 303), (answered, payload[:80])
        with self.database.read() as conn:
            rows = conn.execute(select(comment.c.public_id).order_by(comment.c.id))
            self.ids = list(rows.scalars())
        assert len(self.ids) == len(self.payloads)

    def is_idle(self) -> bool:
        """Whether every comment is decided and described."""
        with self.database.read() as conn:
            pending = select(func.count()).where(comment.c.status == Status.PENDING)
            left = select(func.count()).select_from(index_queue)
            return not conn.execute(pending).scalar() | conn.execute(left).scalar()

    def status_url(self, public_id: str) -> str:
        """Where the author looks."""
        token = Keyring(self.settings.secret_key).sign("status", public_id)
        return f"{self.service.url}/comments/{token}"

    def lane_urls(self, kind: Kind, order: Order = Order.OLDEST) -> Iterator[str]:
        """The pages of a lane, each from behind the last card of the one before."""
        lane, after = Lane([self.site.id], kind, order), ""
        while True:
            with self.database.read() as conn:
                cards = queue.waiting(conn, lane, after=after)
            if not cards:
                return
            query = {"lane": kind.value, "order": order.value, "after": after}
            yield f"{self.service.url}/review?{urllib.parse.urlencode(query)}"
            after = cards[-1].id

    def decide(self, to: Status, public_ids: Sequence[str], answer: str = "") -> None:
        """Decide one by one, as somebody who is not on the site."""
        reason = Reason.OTHER if to is Status.REJECTED else None
        for each in self._as_seen(public_ids):
            if each.status is to and not answer:
                continue
            ruling = DecisionRequest(
                each.comment_id, each.revision, each.status, to, reason, answer=answer
            )
            decide_comments(self.database, self._somebody, ruling, datetime.now(UTC))

    def decide_at_once(self, to: Status, public_ids: Sequence[str]) -> None:
        """Decide them in one act: where only what becomes of them matters."""
        order = bulk.BulkDecision(to, Reason.OTHER if to is Status.REJECTED else None)
        seen = [each for each in self._as_seen(public_ids) if each.status is not to]
        now = datetime.now(UTC)
        outcome = bulk.decide(self.database, self._somebody, order, seen, now)
        assert (outcome.done, outcome.missed) == (len(seen), [])

    def complain(self, public_ids: Sequence[str]) -> None:
        """Readers report comments, each with a payload for words."""
        for number, public_id in enumerate(public_ids):
            words = self.payloads[-number - 1][: reports.TEXT_MAX]
            said = ReportRequest(ReportReason.OTHER, words, f"reader-{number}")
            with self.database.write() as conn:
                reports.submit(conn, public_id, said, datetime.now(UTC))

    def contest(self, public_ids: Sequence[str]) -> None:
        """Authors appeal, each with a payload for words."""
        for number, public_id in enumerate(public_ids):
            words = self.payloads[-number - 1][: appeals.TEXT_MAX]
            with self.database.write() as conn:
                appeals.submit(conn, public_id, words, datetime.now(UTC))

    def waiting(self, kind: Kind) -> int:
        """How many wait in a lane."""
        with self.database.read() as conn:
            return lanes.counts(conn, [self.site.id])[kind]

    @property
    def _somebody(self) -> Actor:
        return Actor("someone", [self.site.id])

    def _as_seen(self, public_ids: Sequence[str]) -> list[SeenComment]:
        columns = (comment.c.public_id, comment.c.revision, comment.c.status)
        wanted = comment.c.public_id.in_(public_ids)
        with self.database.read() as conn:
            rows = conn.execute(select(*columns).where(wanted)).all()
        return [SeenComment(each[0], each[1], Status(each[2])) for each in rows]

    def _send(self, number: int, payload: str) -> int:
        """The payload is also the name and the title of the page."""
        name = (payload.strip()[:90] or "x") + f" {number}"
        # What cannot be seen by itself is refused: it gets a letter to hide behind.
        text = payload if names.is_visible(payload) else f"{payload}x"
        values = {
            "text": text,
            "name": name,
            "email": f"reader-{number}@example.org",
            "notify": "1",
        }
        page = f"?p={number}" if number % THREADS_EVERY == 1 else ""
        thread = {
            "url": address.thread_url(self.settings) + page,
            "title": payload[:480],
        }
        headers = {"Origin": address.origin(self.settings)}
        if number % 2:
            url = f"{self.service.url}/sites/{address.SITE_KEY}/reply"
            form = values | {f"thread_{key}": value for key, value in thread.items()}
            body = urllib.parse.urlencode(form).encode()
        else:
            url = f"{self.service.url}/api/v1/sites/{address.SITE_KEY}/comments"
            author = {key: values[key] for key in ("name", "email")}
            document = {"thread": thread, "author": author, "text": text}
            body = json.dumps(document | {"notify": True}).encode()
        request = urllib.request.Request(url, body, headers)
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None
