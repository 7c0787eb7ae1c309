"""The commands of `moderation`, run as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from moderation.accounts import memberships, moderators
from moderation.accounts.memberships import SiteRole
from moderation.enums import Role
from moderation.schema import accounts
from moderation.schema.audit import journal
from moderation.schema.comments import author, thread
from moderation.settings import Settings
from moderation.sites import site as sites
from moderation.storage.database import Database
from tests.commands import Run
from tests.conditions import eventually
from tests.factories import ARTICLE, ORIGIN, PASSWORD, a_comment, a_moderator, a_site
from tests.faults.scene import pending
from tests.service import Service
from tests.web.person import Person


def test_a_site_is_added_once_and_has_the_three_keys(
    start: Run, run: Run, database: Database
) -> None:
    added = start("add-site", "news", "The News", "--origin", ORIGIN)
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
        assert memberships.of_site(conn, site.id) == [SiteRole(ada, Role.OWNER)]


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
def test_the_web_and_a_worker_run_by_commands_of_their_own(
    settings: Settings, database: Database
) -> None:
    service = Service(settings)
    with database.write() as conn:
        a_comment(conn, a_site(conn))
    for name in ("web", "worker"):
        service.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "moderation", name], env=service.environment()
        )
    processes = list(service.processes.values())
    try:
        eventually(service.ready, within=40, what="readiness of the web server")
        eventually(lambda: not pending(database), within=40, what="the verdict")
    finally:
        service.stop()

    assert [each.returncode for each in processes] == [0, 0]


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
    (effect,) = detail["effects"]
    assert effect["before"]["mode"] == "hold_first_time"
    assert effect["after"]["mode"] == "hold_all"


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


def test_an_invitation_is_a_link_that_works(
    run: Run, app: Flask, database: Database
) -> None:
    with database.write() as conn:
        site = a_site(conn, key="news")

    done = run("invite", "news", "owner")
    path = urlsplit(done.stdout.strip()).path
    person = Person(app.test_client())
    answer = person.send(
        path, path, name="Ada", email="ada@example.org", password=PASSWORD
    )

    assert done.returncode == 0, done.stderr
    assert answer.status_code == 303
    with database.read() as conn:
        (place,) = memberships.of_site(conn, site.id)
    assert (place.moderator.name, place.role) == ("Ada", Role.OWNER)
    assert (
        run("invite", "nowhere", "owner").stderr
        == "Error: there is no site 'nowhere'\n"
    )


def test_who_lost_the_way_in_gets_a_new_password_and_no_code_is_asked_for(
    run: Run, app: Flask, database: Database
) -> None:
    with database.write() as conn:
        who = a_moderator(conn, a_site(conn, key="news"))
        conn.execute(
            accounts.moderator.update().values(totp_nonce="x", recovery_hashes=["y"])
        )
    person = Person(app.test_client())
    assert person.sign_in(who).location == "/login/code"

    done = run("reset-login", who.email)
    password = done.stdout.removeprefix("Password: ").strip()

    assert person.sign_in(who).status_code == 401
    assert person.sign_in(who, password).location == "/review"
    missing = run("reset-login", "nobody@example.org")
    assert missing.stderr == "Error: there is no moderator with this e-mail\n"
