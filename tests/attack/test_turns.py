"""Everything that can happen to the same few comments at once: nobody is cut off.

On PostgreSQL two transactions that wait for each other end with one of them failing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from moderation.accounts.actor import Actor
from moderation.actions import authors, bulk
from moderation.actions import clusters as cluster_actions
from moderation.actions.authors import AuthorAction
from moderation.actions.bulk import BulkDecision, SeenComment
from moderation.actions.decide import DecisionRequest, decide
from moderation.actions.undo import undo as undo_entry
from moderation.clusters import clusters
from moderation.comments.edit import edit, worded
from moderation.enums import (
    AuthorFlagAction,
    Kind,
    Mode,
    Reason,
    ReportReason,
    Role,
    Status,
)
from moderation.errors import (
    NotFound,
    NotUndoable,
    OwnRejection,
    Refused,
    StaleDecision,
)
from moderation.feedback import appeals, reports
from moderation.feedback.reports import ReportRequest
from moderation.review import claims, lanes
from moderation.schema.audit import journal
from moderation.schema.clusters import cluster
from moderation.schema.comments import author, comment
from moderation.schema.review import reviewable
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
from moderation.storage.job_queue import JobQueue
from tests.attack.test_races import together
from tests.factories import a_comment, a_moderator, a_site
from tests.fakes import FixedScorer
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain

HANDS = 6
ACTS_EACH = 16
REFUSALS = (StaleDecision, NotUndoable, NotFound, OwnRejection, Refused)


def test_people_readers_authors_and_workers_meet_without_harm(
    database: Database, settings: Settings
) -> None:
    with database.write() as conn:
        held = SiteSettings(mode=Mode.HOLD_ALL)
        sites = [a_site(conn, settings=held) for _ in range(2)]
        people = [a_moderator(conn, *sites, role=Role.OWNER) for _ in range(HANDS)]
        for site in sites:
            for number in range(4):
                a_comment(conn, site, name=f"R {number}", email=f"r{number}@x.example")
    hands = [_Hand(settings, who.id, who.public_id, sites) for who in people]
    one = hands[0]
    one.work()

    done = together(lambda number: hands[number].act_often(), HANDS)

    assert sum(done) > HANDS
    one.work()
    for each in hands:
        each.close()
    with database.read() as conn:
        for site in sites:
            kinds = conn.execute(
                select(reviewable.c.kind).where(
                    reviewable.c.site_id == site.id, reviewable.c.resolved_at.is_(None)
                )
            )
            waiting = Counter(kinds.scalars())
            counts = lanes.counts(conn, [site.id])
            assert counts == {kind: waiting[kind] for kind in Kind}


@dataclass
class _Hand:
    """Somebody who does all kinds of things, from a process of their own."""

    settings: Settings
    moderator_id: int
    public_id: str
    sites: Sequence[Site]

    def __post_init__(self) -> None:
        self._store = connect(self.settings.sqlalchemy_url)
        self._dice = random.Random(self.moderator_id)
        ids = [site.id for site in self.sites]
        self._who = Actor(self.public_id, ids, ids)

    def act_often(self) -> int:
        """How many acts were done and not refused because others were faster."""
        kinds = (
            *(self._decide, self._undo, self._claim) * 2,
            *(self._bulk, self._cluster, self._ban, self.work),
            *(self._report, self._appeal, self._edit),
        )
        done = 0
        for _ in range(ACTS_EACH):
            try:
                self._dice.choice(kinds)()
                done += 1
            except REFUSALS:
                continue
        return done

    def close(self) -> None:
        """Give the connections back."""
        self._store.close()

    def work(self) -> None:
        """What the worker does."""
        job_queue = JobQueue.at(self.settings.redis_url)
        runtime = Runtime(self.settings, self._store, job_queue, FixedScorer())
        drain(runtime)
        describe(runtime)

    def _decide(self) -> None:
        (seen,) = self._see(1)
        ruling = DecisionRequest(
            seen.comment_id, seen.revision, seen.status, *self._choice()
        )
        decide(self._store, self._who, ruling, _now())

    def _undo(self) -> None:
        entries = self._all(select(journal.c.public_id).order_by(journal.c.id))
        undo_entry(self._store, self._who, self._dice.choice(entries[-9:]), _now())

    def _bulk(self) -> None:
        order = BulkDecision(*self._choice())
        bulk.decide(self._store, self._who, order, self._see(5), _now())

    def _cluster(self) -> None:
        with self._store.read() as conn:
            ids = self._all(select(cluster.c.public_id))
            found = clusters.find(conn, self._dice.choice(ids), self._who.site_ids)
        order, spread = BulkDecision(*self._choice()), self._dice.random() < 0.5
        cluster_actions.decide(
            self._store, self._who, found, order, _now(), spread=spread
        )

    def _ban(self) -> None:
        chosen = self._dice.choice(self._all(select(author.c.public_id)))
        mark = self._dice.choice(
            [AuthorFlagAction.BAN, AuthorFlagAction.UNBAN, AuthorFlagAction.TRUST]
        )
        hours = self._dice.choice([0, 24])
        said = AuthorAction(mark, everywhere=True, sweep_hours=hours)
        authors.act_on_author(self._store, self._who, chosen, said, _now())

    def _claim(self) -> None:
        ids = [each.comment_id for each in self._see(2)]
        with self._store.write() as conn:
            claims.take(conn, self.moderator_id, self._who.site_ids, ids, _now())

    def _report(self) -> None:
        said = ReportRequest(ReportReason.SPAM, "", str(self._dice.random()))
        with self._store.write() as conn:
            reports.submit(conn, self._see(1)[0].comment_id, said, _now())

    def _appeal(self) -> None:
        with self._store.write() as conn:
            appeals.submit(conn, self._see(1)[0].comment_id, "But why?", _now())

    def _edit(self) -> None:
        words = f"Other words, {self._dice.random()}."
        with self._store.write() as conn:
            edit(conn, self._see(1)[0].comment_id, worded(words), _now())

    def _choice(self) -> tuple[Status, Reason | None]:
        approve, reject = (Status.APPROVED, None), (Status.REJECTED, Reason.SPAM)
        return self._dice.choice([approve, reject])

    def _see(self, number: int) -> list[SeenComment]:
        with self._store.read() as conn:
            rows = conn.execute(select(comment)).all()
        return [
            SeenComment(row.public_id, row.revision, Status(row.status))
            for row in self._dice.sample(rows, number)
        ]

    def _all(self, statement: Any) -> Sequence[str]:
        with self._store.read() as conn:
            return conn.execute(statement).scalars().all()


def _now() -> datetime:
    return datetime.now(UTC)
