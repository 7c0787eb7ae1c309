"""A site with one comment on its desk, one in its thread, and people of every role."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.accounts.actor import Actor
from moderation.accounts.moderators import Moderator
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.authors import notes
from moderation.enums import Mode, Role, Status
from moderation.review import queue
from moderation.review.cards import Card, find
from moderation.review.lanes import Lane
from moderation.schema.authors import note
from moderation.schema.clusters import cluster
from moderation.scorer import Scorer
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from moderation.webhooks import endpoints
from tests.conftest import SECRET_KEY
from tests.factories import a_comment, a_moderator, a_site
from tests.fakes import FixedScorer
from tests.web.person import Person
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain


@dataclass(frozen=True)
class Scene:
    """Two sites; the first has a held comment and one that a moderator approved."""

    site: Site
    other: Site
    people: dict[str, Moderator]
    held: Card
    journal_id: str
    status_path: str
    # Of the two comments, which say nearly the same, and about the held one's author.
    cluster_id: str
    note_id: str
    webhook_id: str


@pytest.fixture
def judge(database: Database, settings: Settings) -> Callable[..., int]:
    """Lets the worker's own code decide all that is pending."""

    def decide(scorer: Scorer | None = None) -> int:
        runtime = Runtime(
            settings=settings,
            database=database,
            job_queue=JobQueue.at(settings.redis_url),
            scorer=scorer or FixedScorer(),
        )
        decided = drain(runtime)
        describe(runtime)
        return decided

    return decide


@pytest.fixture
def cards(database: Database) -> Callable[[Site], list[Card]]:
    """Reads the desk of a site."""

    def read(site: Site) -> list[Card]:
        with database.read() as conn:
            return queue.waiting(conn, Lane([site.id]), limit=1000)

    return read


@pytest.fixture
def scene(
    database: Database,
    judge: Callable[..., int],
    cards: Callable[[Site], list[Card]],
) -> Scene:
    """The two sites and their people."""
    with database.write() as conn:
        hold_all = SiteSettings(mode=Mode.HOLD_ALL)
        site = a_site(conn, key="news", settings=hold_all)
        other = a_site(conn, key="other", settings=hold_all)
        people = {
            "owner": a_moderator(conn, site, role=Role.OWNER),
            "moderator": a_moderator(conn, site),
            "viewer": a_moderator(conn, site, role=Role.VIEWER),
            "neighbour": a_moderator(conn, other, role=Role.OWNER),
            "nobody": a_moderator(conn),
        }
        stored = [a_comment(conn, site) for _ in range(2)]
    judge()
    # One card stands for both, and the other one is where it leads.
    with database.read() as conn:
        first, second = (find(conn, each.public_id, [site.id]) for each in stored)
        cluster_id = conn.execute(select(cluster.c.public_id)).scalar_one()
    owner = people["owner"]
    journal_id = decide_comments(
        database,
        Actor(owner.public_id, [site.id]),
        DecisionRequest(first.id, 1, Status.HELD, Status.APPROVED),
        datetime.now(UTC),
    )
    with database.write() as conn:
        who = Actor(owner.public_id, [site.id])
        notes.write(conn, who, second.author_id, "Known to us.", datetime.now(UTC))
        note_id = conn.execute(select(note.c.public_id)).scalar_one()
        url = "https://cms.example.org/hook"
        endpoints.add(conn, site, url, actor=owner.actor, now=datetime.now(UTC))
        webhook_id = endpoints.of_site(conn, site.id)[0].id
    token = Keyring(SECRET_KEY).sign("status", stored[0].public_id)
    status_path = f"/comments/{token}"
    return Scene(
        *(site, other, people, second, journal_id, status_path),
        *(cluster_id, note_id, webhook_id),
    )


@pytest.fixture
def someone(app: Flask) -> Callable[[], Person]:
    """Makes people, each with a browser of their own."""
    return lambda: Person(app.test_client())


def csrf_token(person: Person) -> str:
    """The token of the person's session, as any page with a form shows it."""
    pages = [person.client.get(path).text for path in ("/review", "/login")]
    found = re.search(r'name="csrf_token" value="([^"]+)"', "".join(pages))
    assert found, "no form anywhere"
    return found[1]
