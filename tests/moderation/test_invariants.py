"""The promises of the design, by number, each in the smallest story that shows it.

What needs processes that die is told in tests/faults; models that become current
(promise 8) are told of in tests/classifiers/test_registry.py.
"""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

import moderation
import workers
from moderation.accounts.actor import Actor
from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.actions.undo import undo as undo_entry
from moderation.app import create_app
from moderation.audit.journal import Entry
from moderation.comments import threads
from moderation.comments.rendering import render
from moderation.decisions.apply import apply
from moderation.enums import Act, Mode, Reason, Status
from moderation.policy import rules
from moderation.review import queue
from moderation.review.lanes import Lane
from moderation.schema.audit import decision
from moderation.schema.comments import comment, revision
from moderation.schema.types import metadata
from moderation.settings import Settings
from moderation.sites.page_addresses import identities
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.storage.database import Database, connect
from moderation.storage.job_queue import JobQueue
from tests.factories import ARTICLE, a_comment, a_moderator, a_site
from tests.fakes import FixedScorer
from tests.moderation.rows import choice_for, decide, decisions_of, row_of
from tests.moderation.visitor import Visitor
from workers.runtime import Runtime
from workers.score import drain
from workers.sweep import Sweep

NOWHERE = "unix:///nowhere/valkey.sock"
SOURCES = [
    path
    for package in (moderation, workers)
    for path in Path(str(package.__file__)).parent.rglob("*.py")
]


def runtime(settings: Settings, database: Database, **wanted: object) -> Runtime:
    parts = {
        "scorer": FixedScorer(),
        "job_queue": JobQueue.at(settings.redis_url),
    } | wanted
    return Runtime(settings, database, **parts)  # type: ignore[arg-type]


def test_invariant_1_what_is_answered_is_committed_with_full_sync(
    client: FlaskClient, site: Site, settings: Settings
) -> None:
    answer = Visitor(client, "json").send()

    # Another connection sees it as soon as the answer is there.
    other = connect(settings.sqlalchemy_url)
    with other.read() as conn:
        assert row_of(conn, answer.get_json()["id"]).status == Status.PENDING
        if other.is_sqlite:
            assert conn.execute(text("PRAGMA synchronous")).scalar() == 2
            assert conn.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        else:
            assert conn.execute(text("SHOW synchronous_commit")).scalar() == "on"
    other.close()


def test_invariant_2_one_module_writes_a_status() -> None:
    """A status changes in an UPDATE's ``values(status=…)``, and there is one."""
    writers = {
        path.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "values"
        and any(keyword.arg == "status" for keyword in node.keywords)
    }
    raw = [path.name for path in SOURCES if "UPDATE comment" in path.read_text()]

    assert writers == {"apply.py"}
    assert raw == []


def test_invariant_2_no_status_without_a_decision(
    settings: Settings, database: Database, site: Site
) -> None:
    with database.write() as conn:
        for words in ("fine words", "certainlyspam", "perhapsspam"):
            a_comment(conn, site, words)
    drain(runtime(settings, database))
    with database.write() as conn:
        a_comment(conn, site)
        latest = (
            select(decision.c.to_status)
            .where(decision.c.comment_id == comment.c.id)
            .order_by(decision.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = conn.execute(select(comment.c.status, latest)).all()

    assert {row[0] for row in rows} == {"pending", "held", "rejected"}
    assert all(row[1] == (None if row[0] == "pending" else row[0]) for row in rows)


def test_invariant_3_a_comment_is_accepted_and_decided_without_redis(
    make_settings: Callable[..., Settings], database: Database, site: Site
) -> None:
    app = create_app(make_settings(redis_url=NOWHERE))
    answer = Visitor(app.test_client(), "json").send()
    app.extensions["moderation"].database.close()
    assert answer.status_code == 202

    Sweep(runtime(make_settings(), database, job_queue=JobQueue.at(NOWHERE))).once()

    with database.read() as conn:
        assert row_of(conn, answer.get_json()["id"]).status == Status.HELD


def test_invariant_4_the_same_job_at_the_same_time_decides_once(
    settings: Settings, database: Database, site: Site
) -> None:
    with database.write() as conn:
        for _ in range(60):
            a_comment(conn, site)
    small = settings.model_copy(update={"batch_size": 7})
    jobs = [
        threading.Thread(target=drain, args=(runtime(small, database),))
        for _ in range(4)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()

    with database.read() as conn:
        counts = conn.execute(
            select(func.count(decision.c.id)).group_by(decision.c.comment_id)
        ).scalars()
        assert list(counts) == [1] * 60


class BrokenScorer(FixedScorer):
    """Models that cannot be used at all."""

    def score(self, batch: Sequence[Mapping[str, object]]) -> list[dict[str, float]]:
        raise ArithmeticError


@pytest.mark.parametrize("mode", list(Mode))
def test_invariant_5_without_scores_a_person_decides(
    settings: Settings, database: Database, mode: Mode
) -> None:
    with database.write() as conn:
        site = a_site(conn, settings=SiteSettings(mode=mode))
        one = a_comment(conn, site).public_id

    drain(runtime(settings, database, scorer=BrokenScorer()))

    with database.read() as conn:
        (card,) = queue.waiting(conn, Lane([site.id]))
        assert row_of(conn, one).status == Status.HELD
    assert (card.id, card.hits[0]) == (one, {"rule": "unscored"})


def test_invariant_6_a_machine_never_overrules_a_person(
    settings: Settings, database: Database, site: Site, now: datetime
) -> None:
    with database.write() as conn:
        person = a_moderator(conn, site)
        one = a_comment(conn, site).public_id
        late = choice_for(conn, one, Status.REJECTED, rule="over_reject_threshold")
        decide(conn, Status.HELD, one)
        (card,) = queue.waiting(conn, Lane([site.id]))
    who = Actor(person.public_id, [site.id])
    ruling = DecisionRequest(card.id, card.revision, Status.HELD, Status.APPROVED)
    decide_comments(database, who, ruling, now)

    with database.write() as conn:
        machine = Entry(Act.SCORE, rules.VERSION, now)
        assert apply(conn, machine, [late]).missed == (late,)
    drain(runtime(settings, database))

    with database.read() as conn:
        assert row_of(conn, one).status == Status.APPROVED
        assert decisions_of(conn, one)[-1].actor == who.actor


def test_invariant_7_a_change_can_be_traced_and_taken_back(
    settings: Settings, database: Database, site: Site, now: datetime
) -> None:
    with database.write() as conn:
        person = a_moderator(conn, site)
        one = a_comment(conn, site, "perhapsspam here").public_id
    drain(runtime(settings, database))
    with database.read() as conn:
        (card,) = queue.waiting(conn, Lane([site.id]))
    who = Actor(person.public_id, [site.id])
    ruling = DecisionRequest(
        card.id, card.revision, Status.HELD, Status.REJECTED, Reason.SPAM
    )
    journal_id = decide_comments(database, who, ruling, now)
    undo_entry(database, who, journal_id, now)

    with database.read() as conn:
        machine, ruled, undone = decisions_of(conn, one)
        assert row_of(conn, one).status == Status.HELD
    assert (machine.actor, machine.rule) == ("policy:1", "over_hold_threshold")
    assert machine.model_version == "fixed-1"
    assert (ruled.actor, ruled.reason) == (who.actor, Reason.SPAM)
    assert (ruled.from_status, ruled.to_status) == (Status.HELD, Status.REJECTED)
    assert undone.undoes == ruled.id


def test_invariant_9_no_address_is_stored_as_it_is(
    database: Database, site: Site
) -> None:
    with database.write() as conn:
        a_comment(conn, site, address="198.51.100.23")
        everything = repr(
            [conn.execute(select(table)).all() for table in metadata.sorted_tables]
        )
        network, digest = conn.execute(
            select(revision.c.network, revision.c.address_hash)
        ).one()

    assert "198.51.100.23" not in everything
    assert network == "198.51.100.0/24"
    assert len(digest) == 16


def test_invariant_10_what_is_stored_is_raw_and_what_is_shown_is_sanitised(
    database: Database, site: Site
) -> None:
    words = "Look: <img src=x onerror=alert(1)> *here*"
    with database.write() as conn:
        one = a_comment(conn, site, words).public_id
        decide(conn, Status.APPROVED, one)
        kept = conn.execute(select(revision.c.text)).scalar()
        head = threads.find(conn, site.id, identities(ARTICLE))
        assert head is not None
        page = threads.page(conn, head, threads.View()).decode()

    assert kept == words
    assert "<img" not in render(words)
    assert "<img" not in page
    assert "<em>here</em>" in page


def test_invariant_10_templates_trust_nothing_but_sanitised_html() -> None:
    folder = Path(str(moderation.__file__)).parent / "web" / "templates"
    templates = list(folder.rglob("*.html"))
    trusted = {
        expression.strip()
        for path in templates
        for expression in re.findall(r"\{\{([^}]*)\|\s*safe", path.read_text())
    }
    unescaped = [
        path.name for path in templates if "autoescape false" in path.read_text()
    ]

    assert templates
    assert all(expression.endswith(".html") for expression in trusted)
    assert unescaped == []
