"""One submission has one score, whichever door asks the classifiers about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.accounts.moderators import Moderator
from moderation.policy import scores
from moderation.review import cards
from moderation.review.explanations import ExplanationKey
from moderation.scorer import Explanation, Scorer
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import keys
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from tests.commands import Run
from tests.factories import ARTICLE
from tests.web.person import Person
from workers.runtime import Runtime
from workers.score import drain

TEXT = "Thanks for this article, it was very helpful to me."


@dataclass
class Listening:
    """The shipped models, and what they are asked."""

    scorer: Scorer
    heard: list[Mapping[str, object]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.scorer, name)

    def score(self, batch: Sequence[Mapping[str, object]]) -> list[dict[str, float]]:
        self.heard += batch
        return self.scorer.score(batch)

    def explain_many(
        self, batch: Sequence[Mapping[str, object]]
    ) -> Sequence[Mapping[str, Explanation]]:
        self.heard += batch
        return self.scorer.explain_many(batch)


@pytest.fixture
def listening(app: Flask, scorer: Scorer) -> Listening:
    return Listening(scorer)


@pytest.fixture
def worker(settings: Settings, database: Database, listening: Listening) -> Runtime:
    return Runtime(settings, database, JobQueue.at(settings.redis_url), listening)


def post(client: FlaskClient, site: Site, name: str, **author: object) -> str:
    """A comment by the JSON door; its id."""
    answer = client.post(
        f"/api/v1/sites/{site.key}/comments",
        json={
            "thread": {"url": ARTICLE},
            "author": {"name": name, "email": f"{name}@example.org", **author},
            "text": TEXT,
        },
    )
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["id"])


@pytest.mark.parametrize(
    ("author", "url", "earlier"),
    [
        ({}, None, 0),
        ({"url": ""}, "", 0),
        ({"url": "https://ann.example"}, "https://ann.example", 0),
        ({"url": ""}, "", 1),
        ({"url": ""}, "", 6),
    ],
)
def test_every_door_asks_with_the_same_fields_and_gets_the_same_score(
    client: FlaskClient,
    database: Database,
    site: Site,
    settings: Settings,
    worker: Runtime,
    listening: Listening,
    run: Run,
    author: dict[str, object],
    url: str | None,
    earlier: int,
) -> None:
    for number in range(earlier):
        post(client, site, f"Reader{number}")
    drain(worker)
    listening.heard.clear()
    public_id = post(client, site, "Ann", **author)
    drain(worker)
    (by_worker,) = listening.heard

    expected = {
        "text": TEXT,
        "author": "Ann",
        "email": "Ann@example.org",
        "times_seen": earlier,
    } | ({} if url is None else {"url": url})
    assert by_worker == expected

    with database.read() as conn:
        card = cards.find(conn, public_id, [site.id])
        ((_, kept),) = scores.latest(conn, [card.row_id]).items()
    assert ExplanationKey.about(card, ["SPAM"]).input.fields == by_worker

    (explained,) = listening.scorer.explain_many([by_worker])
    (scored,) = listening.scorer.score([by_worker])
    # The same up to the order of 32-bit sums.
    whole = {name: each.probability for name, each in explained.items()}
    assert whole == pytest.approx(scored, abs=1e-6)
    assert kept.scores == {name: round(each, 5) for name, each in scored.items()}

    secret = keys.of(site, Keyring(settings.secret_key)).secret
    answer = client.post(
        "/api/v1/score",
        json={"site": site.key, "explain": True, **by_worker},
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.get_json()["scores"] == scored
    facts = {name: dict(each.features) for name, each in explained.items()}
    assert answer.get_json()["facts"] == facts
    assert ("website left empty" in facts["SPAM"]) == (url == "")
    assert any("same text" in name for name in facts["SPAM"]) == (earlier > 0)
    line = json.loads(run("score", given=json.dumps(by_worker) + "\n").stdout)
    assert line["scores"] == scored


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "same text seen 5 times or more lately"),
        ("de", "derselbe Text kam kürzlich schon 5-mal oder öfter"),
    ],
)
def test_the_card_says_what_besides_the_words_moved_the_score(
    client: FlaskClient,
    site: Site,
    moderator: Moderator,
    worker: Runtime,
    someone: Callable[[], Person],
    language: str,
    said: str,
) -> None:
    for number in range(6):
        author = {"url": "http://www.best-cheap-pills.example/buy-viagra-online.html"}
        post(client, site, f"cheap-pills-{number}", **author)
    drain(worker)
    person = someone()
    person.sign_in(moderator)
    headers = {"Accept-Language": language}

    page = person.client.get("/review", headers=headers).text

    assert re.search(rf"<span>{said} \(\+\d+\s?%\)</span>", page)
    # Each apart from the next, for whoever sees no boxes.
    facts = page[page.index("moved-by") :]
    assert "%)</span>, <span>" in facts
    assert "%)</span><span>" not in facts


def test_a_text_that_many_would_write_is_no_repetition(
    client: FlaskClient,
    database: Database,
    site: Site,
    worker: Runtime,
    listening: Listening,
) -> None:
    for name in ("Ann", "Bob", "Cas"):
        client.post(
            f"/api/v1/sites/{site.key}/comments",
            json={
                "thread": {"url": ARTICLE},
                "author": {"name": name, "email": f"{name}@example.org"},
                "text": "Thank you!",
            },
        )
    drain(worker)

    assert all("times_seen" not in each for each in listening.heard)
