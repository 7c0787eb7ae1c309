"""What a card tells besides the comment: complaints, appeals, disguises, precedents."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from moderation.comments.draft import Stored
from moderation.enums import ReportReason
from moderation.feedback import appeals, reports
from moderation.feedback.reports import ReportRequest
from moderation.review import claims
from moderation.scorer import Scorer
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.factories import a_moderator, a_site
from tests.web.person import Person
from tests.web.reading import words_of
from workers.index import describe
from workers.runtime import Runtime

Someone = Callable[[], Person]
Hold = Callable[..., Stored]


@pytest.fixture
def described(
    database: Database, settings: Settings, scorer: Scorer
) -> Callable[[], int]:
    """Lets the worker's own code describe what was decided."""
    job_queue = JobQueue.at(settings.redis_url)
    runtime = Runtime(
        settings=settings, database=database, job_queue=job_queue, scorer=scorer
    )
    return lambda: describe(runtime)


def test_a_reported_comment_shows_what_readers_said(
    person: Person, hold: Hold, database: Database, now: datetime
) -> None:
    stored = hold("A kind word.")
    person.decide(stored.public_id, "approved")
    with database.write() as conn:
        for reader, complaint, text in (
            ("r1", ReportReason.ABUSE, "He means <me>."),
            ("r2", ReportReason.ABUSE, ""),
            ("r3", ReportReason.SPAM, ""),
        ):
            said = ReportRequest(complaint, text, reader)
            reports.submit(conn, stored.public_id, said, now)

    page = person.read("/review?lane=reported")

    assert "Reported by readers as: Abuse (2 times), Spam" in page
    assert "He means &lt;me&gt;." in page
    assert '<span class="kind kind-reported">reported</span>' in page


def test_an_appeal_stands_on_its_card_and_is_answered_with_the_decision(
    person: Person,
    someone: Someone,
    hold: Hold,
    database: Database,
    site: Site,
    now: datetime,
) -> None:
    stored = hold("A kind word.")
    person.decide(stored.public_id, "rejected:abuse")
    with database.write() as conn:
        other = a_moderator(conn, site)
        appeals.submit(conn, stored.public_id, "I only quoted <him>.", now)
    colleague = someone()
    colleague.sign_in(other)

    # Not to whom it is about, who is told why the lane is empty.
    mine = person.read("/review?lane=appealed")
    assert stored.public_id not in mine
    assert "<p data-none hidden>" in mine
    assert "<p data-for-others>What is left here is for others" in mine
    page = colleague.read("/review?lane=appealed")
    assert "I only quoted &lt;him&gt;." in page
    answer = colleague.send(
        "/review?lane=appealed",
        f"/review/{stored.public_id}",
        choice="approved",
        revision="1",
        seen="rejected",
        answer="You are right.",
    )

    assert answer.status_code == 303
    with database.read() as conn:
        appeal = appeals.find(conn, stored.public_id)
    assert appeal
    assert appeal.answer == "You are right."


def test_a_disguise_is_taken_off(person: Person, hold: Hold) -> None:
    hold("You are a complete 1d10t, my friend.")

    page = person.read("/review")

    assert "<q><bdi>idiot</bdi></q>" in page
    assert "you are a complete idiot, my friend." in page


def test_a_card_says_what_was_decided_about_others_like_it(
    person: Person, hold: Hold, described: Callable[[], int]
) -> None:
    wave = "Earn four hundred dollars a day from home with this one simple trick: {}"
    for number in range(3):
        hold(wave.format(number))
    assert described()
    for card in person.cards():
        person.decide(card, "rejected:spam")
    hold(wave.format("again"))
    assert described()

    assert "that you rejected as Spam" in person.read("/review")


def test_a_card_says_who_looks_at_it(
    person: Person,
    hold: Hold,
    database: Database,
    site: Site,
    now: datetime,
) -> None:
    stored = hold()
    with database.write() as conn:
        other = a_moderator(conn, site)
        claims.take(conn, other.id, [site.id], [stored.public_id], now)

    assert f"{other.name} looks at this" in person.read(f"/review/{stored.public_id}")
    assert person.cards() == []


def test_of_a_score_that_rejects_it_goes_without_saying_that_it_holds(
    someone: Someone, database: Database, hold: Hold
) -> None:
    with database.write() as conn:
        strict = a_site(conn, key="strict")
        who = a_moderator(conn, strict)
    person = someone()
    person.sign_in(who)
    card = hold(
        "Great offer friends, visit my website for cheap designer watches and bags,"
        " best prices in town, hurry up today https://cheap-watches.example",
        name="Cheap Watches",
        url="https://cheap-watches.example/sale",
        to=strict,
    ).public_id

    page = words_of(person.read(f"/review/{card}"))

    assert re.search(r"spam [01]\.\d\d, rejected from 0\.\d\d", page)
    assert not re.search(r"spam [01]\.\d\d, held from", page)
