"""Servers of publishers hear what became of comments: signed, in order, and not too soon."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook as Verifier

from moderation.accounts.actor import Actor
from moderation.actions.undo import undo as undo_entry
from moderation.comments.edit import edit, worded
from moderation.enums import Status
from moderation.schema.audit import journal
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from moderation.webhooks import attempts, deliveries, endpoints
from tests.factories import a_comment, a_site
from tests.fakes import FixedScorer
from tests.moderation.settled import Desk
from tests.publisher import Publisher
from tests.travelling import travel
from workers.budgets import Budget
from workers.runtime import Runtime
from workers.score import drain
from workers.send_webhooks import ACTOR, deliver, is_due

GRACE = 11


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(webhook_networks="127.0.0.0/8")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher().open() as it:
        yield it


@dataclass
class Office:
    """A desk whose publisher wants to hear, and the delivery job on the way."""

    desk: Desk
    runtime: Runtime
    publisher: Publisher
    webhook: str = ""

    @property
    def site(self) -> Site:
        return self.desk.site

    def listen(self) -> str:
        """Add the publisher's server, and let its trial message arrive."""
        with self.desk.database.write() as conn:
            opened = endpoints.add(
                conn, self.site, self.publisher.url, actor="x", now=datetime.now(UTC)
            )
            (found,) = endpoints.of_site(conn, self.site.id)
        self.webhook = found.id
        assert self.deliver(later=0) == 1
        return opened.public_id

    def deliver(self, *, later: float = GRACE) -> int:
        """Let the delivery job come after so many seconds; how many messages arrived."""
        with travel(datetime.now(UTC) + timedelta(seconds=later)):
            return deliver(self.runtime, Budget())

    def state(self) -> endpoints.Webhook:
        """How telling the server goes."""
        with self.desk.database.read() as conn:
            (found,) = endpoints.of_site(conn, self.site.id)
        return found


@pytest.fixture
def office(
    database: Database, settings: Settings, publisher: Publisher, scorer: FixedScorer
) -> Office:
    with database.write() as conn:
        site = a_site(conn, key="news")
    runtime = Runtime(settings, database, JobQueue.at(settings.redis_url), scorer)
    it = Office(Desk(database, site), runtime, publisher)
    it.listen()
    return it


def test_a_new_webhook_is_tried_out_at_once(office: Office) -> None:
    (body,) = office.publisher.bodies

    assert json.loads(body) == {"type": "trial", "site": "news", "comments": []}
    assert office.publisher.paths == ["/comments?key=1"]
    assert (office.state().last_result, office.state().failing_since) == ("204", None)


def test_a_decision_is_told_after_the_grace_time_and_once(office: Office) -> None:
    public_id = office.desk.comment(Status.HELD, name="Ada", email="ada@example.org")
    office.desk.rule(public_id, Status.REJECTED)

    assert office.deliver(later=5) == 0
    assert office.deliver() == 1
    assert office.deliver(later=600) == 0

    (told,) = office.publisher.told()
    assert told["id"] == public_id
    assert (told["status"], told["reason"]) == ("rejected", "abuse")
    assert (told["decided_by"], told["author"]["name"]) == ("person", "Ada")
    assert "harbour" in told["text"]
    assert told["html"].startswith("<p>")
    assert b"ada@example.org" not in office.publisher.bodies[-1]


def test_what_the_machine_decides_is_told_too(office: Office) -> None:
    with office.desk.database.write() as conn:
        parent = a_comment(conn, office.site)
    assert drain(office.runtime) == 1

    office.deliver()

    (told,) = office.publisher.told()
    assert (told["id"], told["decided_by"]) == (parent.public_id, "policy")
    assert told["model_version"]
    assert told["rule"]


def test_what_is_taken_back_in_time_never_goes_out(office: Office) -> None:
    public_id = office.desk.comment(Status.HELD)
    office.deliver()
    act = office.desk.rule(public_id, Status.APPROVED)
    office.desk.undo(act)

    assert office.deliver() == 0
    assert office.publisher.statuses() == ["held"]

    act = office.desk.rule(public_id, Status.APPROVED)
    office.deliver()
    office.desk.undo(act)
    office.deliver()
    assert office.publisher.statuses() == ["held", "approved", "held"]


def test_what_is_edited_is_told_when_it_is_decided_again(office: Office) -> None:
    public_id = office.desk.comment(Status.APPROVED)
    office.deliver()
    with office.desk.database.write() as conn:
        edit(
            conn,
            public_id,
            worded("The harbour is a lake."),
            datetime.now(UTC),
        )
    assert office.deliver() == 0

    drain(office.runtime)
    office.deliver()

    assert [each["revision"] for each in office.publisher.told()] == [1, 2]
    assert office.publisher.told()[-1]["text"] == "The harbour is a lake."


def test_the_signature_is_what_the_standards_own_library_expects(
    office: Office,
) -> None:
    office.desk.rule(office.desk.comment(Status.HELD), Status.APPROVED)
    office.deliver(later=20)
    keyring = Keyring(office.runtime.settings.secret_key)
    verifier = Verifier(endpoints.secret(keyring, office.webhook))
    body, headers = office.publisher.bodies[-1], office.publisher.headers[-1]

    assert verifier.verify(body, headers)["type"] == "comments.decided"

    with pytest.raises(Exception, match="No matching signature"):
        verifier.verify(body.replace(b"approved", b"rejected"), headers)


def test_a_message_that_failed_comes_again_as_things_stand_then(office: Office) -> None:
    public_id = office.desk.comment(Status.HELD)
    office.desk.rule(public_id, Status.APPROVED)
    office.publisher.answers = [503]
    assert office.deliver() == 0
    assert office.state().last_result == "503"
    assert office.state().failing_since is not None
    office.desk.rule(public_id, Status.REJECTED)

    assert office.deliver(later=30) == 0, "the pause is not over"
    assert office.deliver(later=90) == 1

    assert office.publisher.statuses() == ["approved", "rejected"]
    assert office.state().failing_since is None
    ids = [each["webhook-id"] for each in office.publisher.headers]
    assert len(set(ids)) == len(ids)


def test_the_same_message_has_the_same_id_when_it_comes_twice(office: Office) -> None:
    office.desk.rule(office.desk.comment(Status.HELD), Status.APPROVED)
    office.publisher.answers = [500]
    office.deliver()
    office.deliver(later=90)

    first, again = office.publisher.headers[-2:]
    assert first["webhook-id"] == again["webhook-id"]
    assert first["webhook-timestamp"] != again["webhook-timestamp"]


def test_who_answers_nothing_for_days_is_switched_off_and_can_be_taken_back(
    office: Office,
) -> None:
    office.desk.rule(office.desk.comment(Status.HELD), Status.APPROVED)
    office.publisher.answers = [500] * 99
    day = 86_400
    for later in (GRACE, day, 2 * day, 4 * day):
        office.deliver(later=later)

    with office.desk.database.read() as conn:
        assert endpoints.of_site(conn, office.site.id) == []
        entry = conn.execute(
            select(journal.c.public_id).where(journal.c.actor == ACTOR)
        ).scalar_one()
    assert not is_due(office.runtime)

    owner = Actor(office.desk.people[0].public_id, [office.site.id], [office.site.id])
    undo_entry(office.desk.database, owner, entry, datetime.now(UTC))
    office.publisher.answers = []
    assert office.deliver() == 1
    assert office.publisher.statuses()[-1] == "approved"


def test_a_server_that_says_it_is_gone_is_asked_no_more(office: Office) -> None:
    office.desk.rule(office.desk.comment(Status.HELD), Status.APPROVED)
    office.publisher.answers = [410]
    office.deliver()

    with office.desk.database.read() as conn:
        assert endpoints.of_site(conn, office.site.id) == []


def test_a_redirect_is_an_answer_and_is_not_followed(office: Office) -> None:
    office.desk.rule(office.desk.comment(Status.HELD), Status.APPROVED)
    office.publisher.answers = [302]
    office.deliver()

    assert office.state().last_result == "302"
    assert "/elsewhere" not in office.publisher.paths


def test_many_comments_come_in_few_messages_and_in_their_order(office: Office) -> None:
    ids = [office.desk.comment(Status.HELD) for _ in range(deliveries.BATCH + 10)]

    assert office.deliver() == 2
    assert [each["id"] for each in office.publisher.told()] == ids


def test_one_delivery_job_at_a_time_tells_a_server(office: Office) -> None:
    office.desk.rule(office.desk.comment(Status.HELD), Status.APPROVED)
    then = datetime.now(UTC) + timedelta(seconds=GRACE)

    def claim(at: datetime) -> deliveries.Message | None:
        with office.desk.database.write() as conn:
            return deliveries.claim(conn, grace=timedelta(seconds=10), now=at)

    assert claim(then) is not None
    assert claim(then) is None
    assert claim(then + deliveries.LEASE * 2) is not None, "whoever died has lost it"


def test_what_comes_while_a_message_is_on_its_way_is_told_next(office: Office) -> None:
    public_id = office.desk.comment(Status.HELD)
    office.desk.rule(public_id, Status.APPROVED)
    now = datetime.now(UTC) + timedelta(seconds=GRACE)
    with office.desk.database.write() as conn:
        message = deliveries.claim(conn, grace=timedelta(seconds=10), now=now)
    assert message
    office.desk.rule(public_id, Status.REJECTED)
    with office.desk.database.write() as conn:
        attempts.arrived(conn, message, "200", now)

    office.deliver(later=30)

    assert office.publisher.statuses() == ["rejected"]


def test_other_sites_and_removed_servers_hear_nothing(
    office: Office, database: Database
) -> None:
    with database.write() as conn:
        other = a_site(conn)
    elsewhere = Desk(database, other)
    elsewhere.rule(elsewhere.comment(Status.HELD), Status.APPROVED)
    assert office.deliver() == 0

    with database.write() as conn:
        endpoints.remove(
            conn, office.site.id, office.webhook, actor="x", now=datetime.now(UTC)
        )
    office.desk.rule(office.desk.comment(Status.HELD), Status.APPROVED)
    assert office.deliver() == 0
    assert not is_due(office.runtime)
