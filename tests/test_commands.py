"""The commands of `moderation`, run as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from moderation import moderators, sites
from moderation.db import Database
from moderation.schema import author, journal, thread
from moderation.settings import Settings
from moderation.vocabulary import Role
from tests.factories import ARTICLE, ORIGIN, a_comment, a_site
from tests.service import Service

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(settings: Settings) -> Run:
    """Runs a command against the test's store; standard input is `given`."""

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moderation", *arguments],
            env=Service(settings).environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_a_site_is_added_once_and_has_the_three_keys(
    run: Run, database: Database
) -> None:
    added = run("add-site", "news", "The News", "--origin", ORIGIN)
    again = run("add-site", "news", "The News", "--origin", ORIGIN)
    keys = json.loads(run("keys", "news", "--json").stdout)

    assert added.returncode == 0, added.stderr
    assert (again.returncode, again.stderr) == (
        1,
        "Error: there is a site 'news' already\n",
    )
    assert set(keys) == {"public", "secret", "akismet"}
    assert keys["public"] == "news"
    assert len(keys["akismet"]) == 12
    with database.read() as conn:
        found = sites.find(conn, "news")
    assert found is not None
    assert found.origins == (ORIGIN,)


def test_an_origin_that_is_none_is_refused_with_an_example(run: Run) -> None:
    done = run("add-site", "news", "The News", "--origin", "news.example.org")

    assert done.returncode == 1
    assert "not an origin: 'news.example.org'; use https://" in done.stderr


def test_a_moderator_with_a_made_up_password_can_sign_in(
    run: Run, database: Database
) -> None:
    with database.write() as conn:
        site = a_site(conn)
    done = run(
        *("add-moderator", "ada@example.org", "--name", "Ada"),
        *("--site", site.key, "--role", "owner", "--random"),
    )
    password = done.stdout.strip().rpartition(" ")[2]

    assert done.returncode == 0, done.stderr
    with database.read() as conn:
        ada = moderators.verify(conn, email="ada@example.org", password=password)
        assert ada is not None
        of = [(site.key, role) for site, role in sites.of_moderator(conn, ada.id)]
    assert of == [(site.key, Role.OWNER)]


def test_a_moderators_password_can_come_through_a_pipe(
    run: Run, database: Database
) -> None:
    with database.write() as conn:
        site = a_site(conn)
    add = ("add-moderator", "ada@example.org", "--name", "Ada", "--site", site.key)
    short = run(*add, given="short\n")
    done = run(*add, given="long enough to do\n")

    assert short.returncode == 1
    assert "a password has 12 to" in short.stderr
    assert done.returncode == 0, done.stderr
    with database.read() as conn:
        assert moderators.verify(
            conn, email="ada@example.org", password="long enough to do"
        )


def test_nothing_is_stored_when_one_of_the_sites_is_unknown(
    run: Run, database: Database
) -> None:
    with database.write() as conn:
        site = a_site(conn)
    done = run(
        *("add-moderator", "ada@example.org", "--name", "Ada", "--random"),
        *("--site", site.key, "--site", "nowhere"),
    )

    assert (done.returncode, done.stderr) == (1, "Error: there is no site 'nowhere'\n")
    with database.read() as conn:
        assert not conn.exec_driver_sql("SELECT * FROM moderator").all()


@pytest.mark.parametrize("store", ["sqlite"])
def test_an_empty_store_is_named_until_it_is_migrated(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "moderation.sqlite3"
    path.unlink()
    before = run("keys", "news")
    migrated = run("migrate")
    after = run("keys", "news")

    assert (before.returncode, before.stderr) == (
        2,
        "moderation: the database lacks tables: run `moderation migrate` first\n",
    )
    assert migrated.returncode == 0, migrated.stderr
    assert after.stderr == "Error: there is no site 'news'\n"


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_lone_worker_without_redis_says_so_in_one_line(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = make_settings(redis_url=f"unix://{tmp_path}/nobody.sock")
    done = subprocess.run(
        [sys.executable, "-m", "moderation", "worker"],
        env=Service(settings).environment(),
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "set MODERATION_REDIS_URL" in done.stderr


@pytest.mark.parametrize("store", ["sqlite"])
class TestScore:
    """`moderation score`, which needs no store."""

    def test_lines_come_back_in_order_with_their_scores_and_all_they_had(
        self, run: Run
    ) -> None:
        texts = [f"comment number {n} with ünïcode 🙂" for n in range(600)]
        given = [
            {"id": 10**30 + n, "text": text, "mine": [1.10]}
            for n, text in enumerate(texts)
        ]
        done = run("score", given="".join(json.dumps(each) + "\n" for each in given))
        lines = [json.loads(line) for line in done.stdout.splitlines()]

        assert done.returncode == 0, done.stderr
        assert done.stderr == "", "progress is for terminals"
        assert [without(line, "scores") for line in lines] == given
        assert all(
            0 <= score <= 1 for line in lines for score in line["scores"].values()
        )
        assert set(lines[0]["scores"]) >= {"SPAM", "TOXICITY", "IDENTITY_ATTACK"}

    def test_a_line_that_was_scored_before_is_scored_anew(self, run: Run) -> None:
        done = run("score", given='{"text": "fine", "scores": {"SPAM": 7}}\n')

        assert done.stdout.count("scores") == 1
        assert 0 <= json.loads(done.stdout)["scores"]["SPAM"] <= 1

    def test_an_explanation_adds_up_to_the_log_odds(self, run: Run) -> None:
        text = "You are a stupid idiot, buy cheap pills at http://pills.example"
        done = run("score", "--explain", given=json.dumps({"text": text}) + "\n")
        explanation = json.loads(done.stdout)["explanation"]["TOXICITY"]
        spans = explanation["spans"]
        moved = [span["contribution"] for span in spans]
        moved += explanation["features"].values()

        assert all(0 <= span["begin"] < span["end"] <= len(text) for span in spans)
        assert explanation["intercept"] + sum(moved) == pytest.approx(
            explanation["log_odds"], abs=1e-3
        )

    @pytest.mark.parametrize(
        "line",
        [
            "{",  # cut off
            '"text"',  # JSON, but no object
            '{"comment": "x"}',  # no text
            '{"text": 7}',  # text that is none
            '{"text": "x", "author": 7}',  # a field of the wrong type
            "[" * 100_000,  # nested deeper than anybody needs
        ],
    )
    def test_a_bad_line_is_named_by_its_number(self, run: Run, line: str) -> None:
        done = run("score", given=f'{{"text": "fine"}}\n\n{line}\n')

        assert done.returncode == 1
        assert done.stderr.startswith("Error: line 3: ")
        assert done.stderr.count("\n") == 1


def without(line: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != name}


def test_settings_are_shown_and_changed(run: Run, database: Database) -> None:
    """Each change is on record with what it was before."""
    with database.write() as conn:
        a_site(conn, key="news")

    words = 'suspect_words=["giveaway"]'
    changed = run("settings", "news", "--set", "mode=hold_all", "--set", words)
    wrong = run("settings", "news", "--set", "mode=never")

    assert json.loads(changed.stdout)["mode"] == "hold_all"
    assert wrong.returncode == 1
    assert "mode" in wrong.stderr
    with database.read() as conn:
        found = sites.find(conn, "news")
        (detail,) = conn.execute(select(journal.c.detail)).scalars()
    assert found is not None
    assert found.suspect.first_match("A giveaway!") == "giveaway"
    assert detail["settings"]["mode"] == ["hold_first_time", "hold_all"]


def test_an_author_is_trusted_before_the_first_word(
    run: Run, database: Database
) -> None:
    """The mark waits for them under the hash of their address."""
    with database.write() as conn:
        a_site(conn, key="news")

    assert run("author", "news", "ada@example.org", "trust").returncode == 0
    assert run("author", "news", "ada@example.org", "ban").returncode == 0

    with database.read() as conn:
        (row,) = conn.execute(select(author)).all()
    assert (row.trusted, row.banned) == (False, True)


def test_a_thread_is_closed(run: Run, database: Database) -> None:
    """And one that nobody has commented on yet is named as such."""
    with database.write() as conn:
        a_comment(conn, a_site(conn, key="news"))

    closed = run("thread", "news", f"{ARTICLE}?utm_source=mail", "close")
    unknown = run("thread", "news", f"{ARTICLE}/other", "close")

    assert closed.returncode == 0, closed.stderr
    assert "nobody has commented" in unknown.stderr
    with database.read() as conn:
        (row,) = conn.execute(select(thread)).all()
    assert (row.is_open, row.version) == (False, 1)
