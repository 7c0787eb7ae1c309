"""Whatever people, readers, authors and workers do in whatever order: the books are right."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as steps
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, select

from moderation.accounts.actor import Actor
from moderation.actions import authors
from moderation.actions import bulk as bulk_actions
from moderation.actions import clusters as cluster_actions
from moderation.actions.authors import AuthorAction
from moderation.actions.bulk import BulkDecision, SeenComment
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.actions.undo import undo as undo_entry
from moderation.clusters import clusters
from moderation.comments.edit import edit as edit_comment
from moderation.comments.edit import worded
from moderation.enums import AuthorFlagAction, Mode, Reason, ReportReason, Role, Status
from moderation.errors import ModerationError
from moderation.feedback import appeals, reports
from moderation.feedback.reports import ReportRequest
from moderation.review import claims, lanes
from moderation.schema.audit import journal
from moderation.schema.clusters import cluster
from moderation.schema.comments import author, comment
from moderation.schema.feedback import appeal, report
from moderation.schema.review import reviewable
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings
from moderation.storage.database import connect
from moderation.storage.job_queue import JobQueue
from tests.factories import a_comment, a_moderator, a_site
from tests.fakes import FixedScorer
from tests.moderation import books
from tests.moderation.books import OPEN
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain

WAVE = (
    "Buy the finest watches of the whole town at {} today: cheap prices, fast delivery"
    " and only good reviews, so do not wait any longer."
)
COMMENTS = 4
CHOICES = st.sampled_from([(Status.APPROVED, None), (Status.REJECTED, Reason.SPAM)])
ONE = st.integers(0, COMMENTS - 1)
SOMEBODY = st.integers(0, 1)
MARKS = st.sampled_from(
    [
        AuthorFlagAction.BAN,
        AuthorFlagAction.UNBAN,
        AuthorFlagAction.TRUST,
        AuthorFlagAction.BAN_DOMAIN,
    ]
)


class Desk(RuleBasedStateMachine):
    """Two sites with the same authors, two owners, and a worker."""

    template: Path
    settings: Settings

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="moderation-machine-"))
        path = self.folder / "moderation.sqlite3"
        shutil.copyfile(self.template, path)
        self.store = connect(f"sqlite:///{path}")
        job_queue = JobQueue.at("unix:///nowhere/valkey.sock")
        self.runtime = Runtime(self.settings, self.store, job_queue, FixedScorer())
        with self.store.write() as conn:
            held = SiteSettings(mode=Mode.HOLD_ALL, second_look_share=1)
            sites = [a_site(conn, settings=held) for _ in "ab"]
            people = [a_moderator(conn, *sites, role=Role.OWNER) for _ in "ab"]
            self.ids = [
                a_comment(
                    conn,
                    sites[number % 2],
                    WAVE.format(number),
                    email=f"a{number // 2}@x.example",
                ).public_id
                for number in range(COMMENTS)
            ]
        own = [site.id for site in sites]
        self.people = people
        # What was decided last is what readers and authors complain about.
        self.last = 0
        self.who = [Actor(each.public_id, own, own) for each in people]
        self.work()

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.store.close()
        shutil.rmtree(self.folder)

    @rule()
    def work(self) -> None:
        """What the worker does."""
        drain(self.runtime)
        describe(self.runtime)

    @rule(number=ONE, choice=CHOICES, by=SOMEBODY)
    def decide(self, number: int, choice: Any, by: int) -> None:
        """One card."""
        self.last = number
        seen = self._seen(number)
        ruling = DecisionRequest(seen.comment_id, seen.revision, seen.status, *choice)
        self._try(lambda: decide_comments(self.store, self.who[by], ruling, _now()))

    @rule(choice=CHOICES, by=SOMEBODY)
    def bulk(self, choice: Any, by: int) -> None:
        """All that there is, on both sites."""
        seen = [self._seen(number) for number in range(COMMENTS)]
        bulk_actions.decide(
            self.store, self.who[by], BulkDecision(*choice), seen, _now()
        )

    @rule(choice=CHOICES, by=SOMEBODY, spread=st.booleans())
    def stack(self, choice: Any, by: int, spread: bool) -> None:
        """A cluster."""
        with self.store.read() as conn:
            ids = conn.execute(select(cluster.c.public_id)).scalars().all()
            found = clusters.find(conn, ids[0], self.who[by].site_ids)
        cluster_actions.decide(
            self.store,
            self.who[by],
            found,
            BulkDecision(*choice),
            _now(),
            spread=spread,
        )

    @rule(number=ONE, mark=MARKS, by=SOMEBODY, hours=st.sampled_from([0, 1]))
    def mark(self, number: int, mark: AuthorFlagAction, by: int, hours: int) -> None:
        """An author, on both sites."""
        with self.store.read() as conn:
            of = self._row(conn, number).author_id
            author_id = conn.execute(
                select(author.c.public_id).where(author.c.id == of)
            ).scalar_one()
        said = AuthorAction(mark, everywhere=True, sweep_hours=hours)
        authors.act_on_author(self.store, self.who[by], author_id, said, _now())

    @rule(back=st.integers(1, 3), by=SOMEBODY, twice=st.booleans())
    def undo(self, back: int, by: int, twice: bool) -> None:
        """One of the latest entries; taking that back in turn changes nothing at all."""
        with self.store.read() as conn:
            newest = select(journal.c.public_id).order_by(journal.c.id.desc())
            ids = conn.execute(newest.limit(back)).scalars().all()
        before, who, done = self._state(), self.who[by], []
        self._try(lambda: done.append(undo_entry(self.store, who, ids[-1], _now())))
        if done and twice:
            undo_entry(self.store, who, done[0], _now())
            assert self._state() == before

    @rule(number=ONE, choice=CHOICES, by=SOMEBODY)
    def decide_and_undo(self, number: int, choice: Any, by: int) -> None:
        """Everything is as it was; and again after two more undos."""
        seen = self._seen(number)
        ruling = DecisionRequest(seen.comment_id, seen.revision, seen.status, *choice)
        before = self._state()
        who, done = self.who[by], []
        self._try(lambda: done.append(decide_comments(self.store, who, ruling, _now())))
        if not done or seen.status is Status.PENDING:
            return
        after = self._state()
        entry = done[0]
        for expected in (before, after, before):
            entry = undo_entry(self.store, who, entry, _now())
            assert self._state() == expected

    @rule(reader=st.sampled_from("xyz"))
    def report(self, reader: str) -> None:
        """A reader complains."""
        number = self.last
        self._write(
            lambda conn: reports.submit(
                conn,
                self.ids[number],
                ReportRequest(ReportReason.SPAM, "", reader),
                _now(),
            )
        )

    @rule()
    def appeal(self) -> None:
        """An author contests."""
        public_id = self.ids[self.last]
        self._write(lambda conn: appeals.submit(conn, public_id, "Why?", _now()))

    @rule(number=ONE, other=st.booleans())
    def edit(self, number: int, other: bool) -> None:
        """An author writes something else, or the same in other words."""
        text = "The harbour is too small for them." if other else WAVE.format("other")
        self._write(
            lambda conn: edit_comment(conn, self.ids[number], worded(text), _now())
        )

    @rule(number=ONE, by=SOMEBODY)
    def claim(self, number: int, by: int) -> None:
        """Somebody looks at a card."""
        who = self.who[by]
        self._write(
            lambda conn: claims.take(
                conn, self.people[by].id, who.site_ids, [self.ids[number]], _now()
            )
        )

    @invariant()
    def the_books_are_right(self) -> None:
        """After each of these, whatever it was and whether or not it was refused."""
        with self.store.read() as conn:
            books.check(conn, self.who[0].site_ids)

    def _state(self) -> dict[str, Any]:
        """What an undo restores."""
        with self.store.read() as conn:
            tables: dict[str, Any] = {
                "comments": select(comment.c.id, comment.c.status, comment.c.revision),
                "authors": select(author).order_by(author.c.id),
                "cards": select(
                    reviewable.c.id,
                    reviewable.c.kind,
                    reviewable.c.risk,
                    reviewable.c.doubt,
                    reviewable.c.opened_at,
                    reviewable.c.stacked,
                )
                .where(OPEN)
                .order_by(reviewable.c.id),
                "reports": select(report.c.id, report.c.agreed),
                "appeals": select(appeal.c.id, appeal.c.outcome),
            }
            state = {name: conn.execute(it).all() for name, it in tables.items()}
            return state | {"counts": lanes.counts(conn, self.who[0].site_ids)}

    def _row(self, conn: Connection, number: int) -> Any:
        mine = comment.c.public_id == self.ids[number]
        return conn.execute(select(comment).where(mine)).one()

    def _seen(self, number: int) -> SeenComment:
        with self.store.read() as conn:
            row = self._row(conn, number)
        return SeenComment(row.public_id, row.revision, Status(row.status))

    def _write(self, act: Callable[[Connection], object]) -> None:
        def run() -> None:
            with self.store.write() as conn:
                act(conn)

        self._try(run)

    def _try(self, act: Callable[[], object]) -> None:
        """What the desk refuses changes nothing."""
        before = self._state()
        try:
            act()
        except ModerationError:
            assert self._state() == before


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("store", ["sqlite"])
def test_the_books_are_right_whatever_happens(
    sqlite_template: Path, settings: Settings
) -> None:
    Desk.template, Desk.settings = sqlite_template, settings
    run_state_machine_as_test(Desk, settings=STEPS)


STEPS = steps(
    max_examples=10,
    stateful_step_count=16,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
