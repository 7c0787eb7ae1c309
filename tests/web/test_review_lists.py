"""The desk's list: its pages, lanes, orders and views, and how calm it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.review import queue
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import CAREFUL, a_moderator, a_site
from tests.web.person import Person

Hold = Callable[..., Stored]
Someone = Callable[[], Person]


@pytest.fixture
def other(database: Database) -> Site:
    """A second site, which holds every comment."""
    with database.write() as conn:
        return a_site(conn, key="other", settings=CAREFUL)


@pytest.fixture
def at_both(someone: Someone, database: Database, site: Site, other: Site) -> Person:
    """A moderator of two sites, signed in."""
    with database.write() as conn:
        both = a_moderator(conn, site, other)
    person = someone()
    person.sign_in(both)
    return person


def test_many_comments_come_in_pages(person: Person, hold: Hold) -> None:
    for number in range(queue.PAGE + 2):
        hold(name=f"Visitor {number:02}")

    first = person.read("/review")
    assert first.count('data-card="') == queue.PAGE
    following = first.split('href="/review?after=')[1].split('"')[0]
    second = person.read(f"/review?after={following}")

    assert f"Visitor {queue.PAGE - 1:02}" in first
    assert f"Visitor {queue.PAGE:02}" not in first
    assert second.count('data-card="') == 2
    assert f"Visitor {queue.PAGE + 1:02}" in second


def test_a_shared_view_is_still_there_after_signing_in(
    someone: Someone, moderator: Moderator
) -> None:
    visitor = someone()
    door = visitor.client.get("/review?lane=reported&order=newest").location
    assert door

    answer = visitor.send(
        door, door, email=moderator.email, password="correct horse battery staple"
    )

    assert answer.location == "/review?lane=reported&order=newest"


def test_lane_order_and_site_stay_while_one_of_them_changes(
    at_both: Person,
) -> None:
    page = at_both.read("/review?lane=reported&order=newest&site=other")

    assert 'href="/review?lane=reported&amp;order=newest&amp;site=news"' in page
    assert 'href="/review?lane=reported&amp;order=newest"' in page
    assert 'href="/review?lane=appealed&amp;order=newest&amp;site=other"' in page
    assert 'href="/review?lane=reported&amp;order=riskiest&amp;site=other"' in page


def test_after_a_decision_one_is_back_in_the_same_list(
    person: Person, hold: Hold
) -> None:
    card = hold().public_id
    token = person.read("/review").split('name="csrf_token" value="')[1].split('"')[0]
    form = {
        "csrf_token": token,
        "choice": "approved",
        "revision": "1",
        "seen": "held",
    }
    came_from = "http://localhost/review?order=newest"

    answer = person.client.post(
        f"/review/{card}", data=form, headers={"Referer": came_from}
    )
    elsewhere = person.client.post(
        f"/review/{card}",
        data=form | {"choice": "rejected:spam", "seen": "approved"},
        headers={"Referer": "http://evil.example/review"},
    )

    assert answer.location == "/review?order=newest"
    assert elsewhere.location == "/review"


def test_calm_settings_are_kept_for_the_person(
    person: Person, someone: Someone, database: Database, site: Site
) -> None:
    answer = person.send("/account", "/review/calm", blur="on", pause_minutes="25")
    assert answer.status_code == 303

    page = person.read("/review")
    assert 'class="calm-blur"' in page
    assert 'data-pause="25"' in page
    with database.write() as conn:
        other = a_moderator(conn, site)
    colleague = someone()
    colleague.sign_in(other)
    assert "calm-blur" not in colleague.read("/review")
    assert person.send("/account", "/review/calm", pause_minutes="7").status_code == 400


def test_counts_are_those_of_the_site_that_is_chosen(
    at_both: Person, other: Site, hold: Hold
) -> None:
    here, there = hold(), hold(to=other)
    hold(to=other)
    at_both.decide(here.public_id, "approved")
    at_both.decide(there.public_id, "approved")

    def counts(path: str) -> tuple[str, ...]:
        page = at_both.read(path)
        return tuple(
            re.findall(rf'data-count="{kind}"[^>]*>(\d+)<', page)[0]
            for kind in ("held", "decided")
        )

    assert counts("/review") == ("1", "2")
    assert counts("/review?site=other") == ("1", "1")
    assert counts("/review?site=news&lane=reported") == ("0", "1")
    told = at_both.client.get("/review/live?site=news").json
    assert (told["counts"]["held"], told["decided"]) == (0, 1)
    assert at_both.client.get("/review/live").json["counts"]["held"] == 1


def test_what_was_decided_can_be_read_for_one_site(
    at_both: Person, other: Site, hold: Hold
) -> None:
    at_both.decide(hold(name="Ann").public_id, "approved")
    at_both.decide(hold(to=other, name="Bob").public_id, "approved")

    assert {"Ann", "Bob"} <= names(at_both.read("/review/decided"))
    page = at_both.read("/review/decided?site=other")
    assert names(page) == {"Bob"}
    # Another site shows the same list, another lane the same site.
    assert 'href="/review/decided?site=news"' in page
    assert 'href="/review?lane=reported&amp;site=other"' in page


def names(page: str) -> set[str]:
    """Of whom it is said what became of a comment."""
    return set(re.findall(r'class="entry-name"[^>]*><bdi>(\w+)<', page))
