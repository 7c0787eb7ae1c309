"""A desk with comments on it, judged by the worker's own code and the shipped models."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from moderation import scorer as scorers
from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.enums import Role
from moderation.scorer import Scorer
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.factories import CAREFUL, a_comment, a_moderator, a_site
from tests.fakes import FixedScorer
from tests.web.person import Person
from tests.web.seeking import problem
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The models that the repository ships."""
    return scorers.load(Path("no registry"))


@pytest.fixture
def site(database: Database) -> Site:
    """The site whose desk the tests look at."""
    with database.write() as conn:
        return a_site(conn, key="news", settings=CAREFUL)


@pytest.fixture
def moderator(database: Database, site: Site) -> Moderator:
    """Somebody who decides on ``site``."""
    with database.write() as conn:
        return a_moderator(conn, site)


@pytest.fixture
def viewer(database: Database, site: Site) -> Moderator:
    """Somebody who only looks on."""
    with database.write() as conn:
        return a_moderator(conn, site, role=Role.VIEWER)


@pytest.fixture
def hold(
    database: Database, settings: Settings, site: Site, scorer: Scorer
) -> Callable[..., Stored]:
    """Posts a comment and lets the worker decide: an author's first one is held."""
    runtime = Runtime(
        settings=settings,
        database=database,
        job_queue=JobQueue.at(settings.redis_url),
        scorer=scorer,
    )

    def post(text: str = "", *, to: Site = site, **wanted: object) -> Stored:
        with database.write() as conn:
            stored = a_comment(conn, to, text, **wanted)
        assert drain(runtime) == 1
        return stored

    return post


@pytest.fixture
def someone(app: Flask) -> Callable[[], Person]:
    """Makes people, each with a browser of their own."""
    return lambda: Person(app.test_client())


@pytest.fixture
def person(someone: Callable[[], Person], moderator: Moderator) -> Person:
    """A moderator at the desk."""
    person = someone()
    person.sign_in(moderator)
    return person


@pytest.fixture
def owner_of(
    someone: Callable[[], Person], database: Database
) -> Callable[..., Person]:
    """Signs an owner of some sites in."""

    def make(*of: Site, role: Role = Role.OWNER) -> Person:
        with database.write() as conn:
            who = a_moderator(conn, *of, role=role)
        person = someone()
        person.sign_in(who)
        return person

    return make


@pytest.fixture
def owner(someone: Callable[[], Person], database: Database, site: Site) -> Person:
    """An owner at the desk."""
    with database.write() as conn:
        who = a_moderator(conn, site, role=Role.OWNER)
    person = someone()
    person.sign_in(who)
    return person


@pytest.fixture
def runtime(settings: Settings, database: Database) -> Runtime:
    """A worker's, with a scorer whose opinion is known."""
    return Runtime(settings, database, JobQueue.at(settings.redis_url), FixedScorer())


@pytest.fixture
def find(person: Person, runtime: Runtime) -> Callable[[str], list[str]]:
    """The ids of the cards that a search shows, newest first."""

    def search(query: str) -> list[str]:
        describe(runtime)
        answer = person.client.get("/review/search", query_string={"q": query})
        assert answer.status_code == 200, problem(answer.text)
        return re.findall(r'id="card-(\w+)"', answer.text)

    return search
