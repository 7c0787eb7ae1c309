"""Several people, or one with many hands, at the same moment: both stores agree."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import func, select

from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.actions.undo import undo as undo_entry
from moderation.comments.draft import Draft, Stored
from moderation.comments.edit import edit, worded
from moderation.comments.submit import submit
from moderation.enums import Act, Kind, Reason, Status
from moderation.errors import NotUndoable, Refused, StaleDecision
from moderation.review import lanes, queue
from moderation.review.lanes import Lane
from moderation.schema.audit import decision, journal
from moderation.schema.comments import author, comment, thread
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
from tests.attack.conftest import Scene
from tests.factories import ARTICLE, a_draft, a_site

Answer = TypeVar("Answer")
ROUNDS = 5
HANDS = 6


def test_of_all_who_decide_the_same_card_one_does(
    database: Database, scene: Scene
) -> None:
    who = _moderator(scene)
    rulings = [(Status.APPROVED, None), (Status.REJECTED, Reason.SPAM)] * 3

    def decide(number: int) -> str:
        to, reason = rulings[number]
        ruling = DecisionRequest(scene.held.id, 1, Status.HELD, to, reason)
        try:
            return decide_comments(database, who, ruling, datetime.now(UTC))
        except StaleDecision:
            return "stale"

    for _ in range(ROUNDS):
        answers = together(decide, HANDS)
        (journal_id,) = [answer for answer in answers if answer != "stale"]
        _check_books(database, scene)
        # … and of all who take it back, one does.
        undone = together(partial(_undo, database, who, journal_id), HANDS)
        assert undone.count("refused") == HANDS - 1
        _check_books(database, scene)
    with database.read() as conn:
        assert lanes.counts(conn, [scene.site.id])[Kind.HELD] == 1


def test_who_decides_and_who_takes_back_meet_without_harm(
    database: Database, scene: Scene
) -> None:
    who = _moderator(scene)

    def act(number: int) -> str:
        if number % 2:
            return _undo(database, who, scene.journal_id, number)
        ruling = DecisionRequest(scene.held.id, 1, Status.HELD, Status.APPROVED)
        try:
            return decide_comments(database, who, ruling, datetime.now(UTC))
        except StaleDecision:
            return "refused"

    answers = together(act, HANDS)

    assert answers.count("refused") == HANDS - 2
    _check_books(database, scene)


def test_nobody_approves_words_that_were_changed_meanwhile(
    database: Database, scene: Scene
) -> None:
    who, public_id = _moderator(scene), scene.held.id

    def act(number: int) -> str:
        now = datetime.now(UTC)
        try:
            if number % 2:
                with database.write() as conn:
                    edit(conn, public_id, worded(f"Other words {number}."), now)
                return "edited"
            ruling = DecisionRequest(scene.held.id, 1, Status.HELD, Status.APPROVED)
            decide_comments(database, who, ruling, now)
        except StaleDecision:
            return "stale"
        return "approved"

    answers = Counter(together(act, HANDS))

    with database.read() as conn:
        row = conn.execute(
            select(comment).where(comment.c.public_id == public_id)
        ).one()
    assert answers["edited"] == HANDS // 2
    # Whoever was first: in the end the new words wait for a verdict.
    assert row.status == Status.PENDING
    assert row.revision == 1 + HANDS // 2
    _check_books(database, scene)


def test_the_same_form_sent_several_times_at_once_is_one_comment(
    database: Database, settings: Settings
) -> None:
    """Each sender is a process of its own as far as the store can tell."""
    stores = [connect(settings.sqlalchemy_url) for _ in range(HANDS)]
    with database.write() as conn:
        site = a_site(conn)
    for number in range(ROUNDS):
        text = f"I have only said it once, at {number}."
        for known in (False, True):
            # From an author who is new, then from one who is known.
            item = a_draft(site, f"{text} {known}", name=f"R {number}", email="")

            def send(hand: int, item: Draft = item) -> str:
                with stores[hand].write() as conn:
                    (answer,) = submit(conn, [item])
                if isinstance(answer, Refused):
                    return answer.code
                return "repeat" if answer.is_repeat else "stored"

            answers = Counter(together(send, HANDS))
            assert answers == {"stored": 1, "repeat": HANDS - 1}
    for each in stores:
        each.close()


def test_many_new_threads_and_authors_at_once_never_block_each_other(
    database: Database, settings: Settings
) -> None:
    stores = [connect(settings.sqlalchemy_url) for _ in range(HANDS)]
    with database.write() as conn:
        sites = [a_site(conn), a_site(conn)]

    for turn in range(ROUNDS):

        def send(hand: int, turn: int = turn) -> int:
            drafts = [
                _new_everywhere(site, turn, place, hand)
                for place in range(12)
                for site in sites
            ]
            if hand % 2:
                drafts.reverse()
            with stores[hand].write() as conn:
                answers = submit(conn, drafts)
            return sum(isinstance(answer, Stored) for answer in answers)

        assert together(send, HANDS) == [24] * HANDS
    with database.read() as conn:
        for table in (thread, author):
            found = conn.execute(select(func.count()).select_from(table)).scalar_one()
            assert found == 24 * ROUNDS
    for each in stores:
        each.close()


def together(act: Callable[[int], Answer], hands: int) -> list[Answer]:
    """Run `act` in threads that start at the same moment; their answers in order."""
    answers: dict[int, Answer] = {}
    broken: list[Exception] = []
    gate = threading.Barrier(hands)

    def run(number: int) -> None:
        gate.wait()
        try:
            answers[number] = act(number)
        except Exception as error:
            broken.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(hands)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert broken == []
    return [answers[number] for number in range(hands)]


def _moderator(scene: Scene) -> Actor:
    own = [scene.site.id]
    return Actor(scene.people["moderator"].public_id, own, own)


def _undo(database: Database, who: Actor, journal_id: str, _hand: int) -> str:
    try:
        return undo_entry(database, who, journal_id, datetime.now(UTC))
    except NotUndoable:
        return "refused"


def _new_everywhere(site: Site, turn: int, place: int, hand: int) -> Draft:
    return a_draft(
        site,
        f"Turn {turn}, place {place}, hand {hand}.",
        thread_url=f"{ARTICLE}/{turn}/{place}",
        name=f"Reader {turn} {place}",
        email="",
    )


def _check_books(database: Database, scene: Scene) -> None:
    """Status, last decision, author's record and lane count tell one story."""
    with database.read() as conn:
        rows = conn.execute(select(comment)).all()
        for row in rows:
            last = conn.execute(
                select(decision.c.to_status)
                .where(decision.c.comment_id == row.id)
                .order_by(decision.c.id.desc())
                .limit(1)
            ).scalar_one()
            assert last == row.status
            counts = conn.execute(
                select(author.c.approved, author.c.rejected).where(
                    author.c.id == row.author_id
                )
            ).one()
            assert tuple(counts) == (
                int(row.status == Status.APPROVED),
                int(row.status == Status.REJECTED),
            )
        waiting = queue.waiting(conn, Lane([scene.site.id]))
        assert lanes.counts(conn, [scene.site.id])[Kind.HELD] == len(waiting)
        assert len(waiting) == sum(row.status == Status.HELD for row in rows)
        empty = (
            select(journal.c.id)
            .outerjoin(decision, decision.c.journal_id == journal.c.id)
            .where(decision.c.id.is_(None), journal.c.act == Act.DECIDE)
        )
        assert conn.execute(empty).all() == []
