"""A known author who writes from elsewhere: told on the card, held where the site says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from moderation import retention
from moderation.authors import networks
from moderation.comments.draft import Stored
from moderation.sites.site import Site, SiteSettings
from moderation.storage.database import Database
from tests.factories import a_comment, a_site
from tests.moderation.rows import row_of
from tests.web.person import Person
from workers.runtime import Runtime
from workers.score import drain

HOME, SAME_NETWORK, ELSEWHERE = "192.0.2.7", "192.0.2.99", "198.51.100.4"


@pytest.mark.parametrize("minds", [False, True])
@pytest.mark.parametrize(
    ("address", "is_new"), [(SAME_NETWORK, False), (ELSEWHERE, True), ("", False)]
)
def test_a_site_may_hold_them(
    database: Database, runtime: Runtime, minds: bool, address: str, is_new: bool
) -> None:
    settings = SiteSettings(
        holds_known_author_on_new_network=minds, mode="publish_unless_flagged"
    )
    with database.write() as conn:
        site = a_site(conn, key="strict", settings=settings)
        a_comment(conn, site, "The first one.", email="a@example.org", address=HOME)
    drain(runtime)
    with database.write() as conn:
        second = a_comment(
            conn, site, "The second one.", email="A@example.org", address=address
        )
    drain(runtime)

    with database.read() as conn:
        row = row_of(conn, second.public_id)
        assert networks.new_among(conn, [row.id]) == ({row.id} if is_new else set())
    assert row.status == ("held" if minds and is_new else "approved")


def test_what_is_forgotten_is_not_new(database: Database, runtime: Runtime) -> None:
    with database.write() as conn:
        site = a_site(
            conn, key="open", settings=SiteSettings(mode="publish_unless_flagged")
        )
        a_comment(conn, site, "The first one.", email="a@example.org", address=HOME)
    drain(runtime)
    later = datetime.now(UTC) + timedelta(days=400)
    retention.forget(database, days=30, now=later)
    with database.write() as conn:
        second = a_comment(
            conn, site, "The second.", email="a@example.org", address=ELSEWHERE
        )
        row = row_of(conn, second.public_id)
        assert networks.new_among(conn, [row.id]) == set()


def test_the_card_says_so(
    hold: Callable[..., Stored], person: Person, site: Site, database: Database
) -> None:
    known = hold(name="Ann", email="ann@example.org", address=HOME)
    person.decide(known.public_id, "approved")
    text = "You are a stupid idiot and your paper is garbage."
    there = hold(text, name="Ann", email="ann@example.org", address=ELSEWHERE)
    here = hold(text + " Really.", name="Ann", email="ann@example.org", address=HOME)

    assert "new network" in person.read(f"/review/{there.public_id}")
    assert "new network" not in person.read(f"/review/{here.public_id}")
