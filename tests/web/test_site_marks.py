"""Trusted and banned, listed with buttons that end it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from moderation.accounts.actor import Actor
from moderation.accounts.moderators import Moderator
from moderation.actions import authors
from moderation.actions.authors import AuthorAction
from moderation.authors import flags, lists
from moderation.comments.draft import Stored
from moderation.enums import AuthorFlagAction, Role
from moderation.schema.comments import author
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import KEYRING, a_moderator, a_site
from tests.web.person import Person

Someone = Callable[[], Person]
Hold = Callable[..., Stored]
PAGE = "/settings/news/marks"
END = re.compile(r'action="(/settings/news/marks/authors/\w+)"')
UNDO = re.compile(r'action="(/review/decided/\w+/undo)"')


@pytest.fixture
def boss(database: Database, site: Site) -> Moderator:
    with database.write() as conn:
        return a_moderator(conn, site, role=Role.OWNER)


@pytest.fixture
def owner(someone: Someone, boss: Moderator) -> Person:
    person = someone()
    person.sign_in(boss)
    return person


@pytest.fixture
def mark(database: Database, site: Site, boss: Moderator) -> Callable[..., None]:
    """Marks the author with this name."""

    def say(name: str, mark: AuthorFlagAction, until: datetime | None = None) -> None:
        with database.read() as conn:
            found = conn.execute(
                select(author.c.public_id).where(author.c.name == name)
            ).scalar_one()
        who = Actor(boss.public_id, [site.id], [site.id])
        said = AuthorAction(mark, until=until)
        assert authors.act_on_author(
            database, who, found, said, datetime.now(UTC)
        ).opened

    return say


def test_an_empty_site_says_so(owner: Person) -> None:
    page = owner.read(PAGE)

    assert page.count(">nobody<") == 2
    assert page.count(">none<") == 1


def test_a_ban_ends_with_a_button_and_comes_back_with_undo(
    owner: Person, hold: Hold, mark: Callable[..., None], database: Database, site: Site
) -> None:
    hold(name="Grumbler")
    hold(name="Ann")
    mark("Grumbler", AuthorFlagAction.BAN)
    mark("Ann", AuthorFlagAction.TRUST)
    page = owner.read(PAGE)
    trusted, banned = page.index("Trusted authors"), page.index("Banned authors")
    assert trusted < page.index("<bdi>Ann</bdi>") < banned
    assert banned < page.index("<bdi>Grumbler</bdi>")
    path = END.findall(page)[1]

    assert owner.send(PAGE, path, mark="unban").status_code == 303

    after = owner.read(PAGE)
    assert "<bdi>Grumbler</bdi>" not in after
    assert "<bdi>Ann</bdi>" in after
    undo = UNDO.search(after)
    assert undo
    owner.send(PAGE, undo[1])
    assert "<bdi>Grumbler</bdi>" in owner.read(PAGE)


def test_domains_and_networks_are_listed_and_lifted(
    owner: Person, hold: Hold, mark: Callable[..., None], now: datetime
) -> None:
    hold(name="Grumbler", email="g@spam.example", address="198.51.100.9")
    mark("Grumbler", AuthorFlagAction.BAN_DOMAIN, now + timedelta(days=9))
    mark("Grumbler", AuthorFlagAction.BAN_NETWORK)
    page = owner.read(PAGE)
    assert "spam.example" in page
    assert "198.51.100.0/24" in page

    form = {"kind": "domain", "value": "spam.example"}
    assert owner.send(PAGE, f"{PAGE}/senders", **form).status_code == 303

    after = owner.read(PAGE)
    assert "spam.example" not in after
    assert "198.51.100.0/24" in after
    assert owner.send(PAGE, f"{PAGE}/senders", **form).status_code == 404
    undo = UNDO.search(owner.read("/audit"))
    assert undo
    owner.send(PAGE, undo[1])
    assert "spam.example" in owner.read(PAGE)


def test_only_what_ends_something_is_done_here_and_only_on_this_site(
    owner: Person, hold: Hold, mark: Callable[..., None], database: Database
) -> None:
    hold(name="Ann")
    mark("Ann", AuthorFlagAction.TRUST)
    (path,) = END.findall(owner.read(PAGE))
    for wrong in ("ban", "sweep", "", "ban_domain"):
        assert owner.send(PAGE, path, mark=wrong).status_code == 400
    with database.write() as conn:
        other = a_site(conn, key="blog")
        identity = KEYRING.author(email="b@example.org", name="")
        flags.flag_author(
            conn, other, identity, {"banned": True}, actor="x", now=datetime.now(UTC)
        )
        theirs = conn.execute(
            select(author.c.public_id).where(author.c.site_id == other.id)
        ).scalar_one()
    there = f"{PAGE}/authors/{theirs}"
    assert owner.send(PAGE, there, mark="unban").status_code == 404
    assert owner.send(PAGE, f"{PAGE}/senders", kind="x", value="y").status_code == 400


def test_a_ban_that_has_run_out_is_not_listed(
    database: Database, site: Site, hold: Hold, mark: Callable[..., None]
) -> None:
    now = datetime.now(UTC)
    hold(name="For a while", email="w@example.org")
    mark("For a while", AuthorFlagAction.BAN, now + timedelta(days=1))

    with database.read() as conn:
        (during,) = lists.authors(conn, site.id, now)
        after = lists.authors(conn, site.id, now + timedelta(days=2))

    assert during.banned
    assert after == []


@pytest.mark.parametrize("store", ["sqlite"])
def test_the_list_does_not_read_every_author(database: Database, site: Site) -> None:
    with database.read() as conn:
        lists.authors(conn, site.id, datetime.now(UTC))
        plan = conn.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT public_id FROM author WHERE site_id = 1"
                " AND (author.trusted OR author.banned) ORDER BY id DESC LIMIT 9"
            )
        ).all()
    assert "ix_author_marked" in str(plan)
