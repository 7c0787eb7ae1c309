"""The desk's list: its pages, lanes, orders and views, and how calm it is."""

from __future__ import annotations

from collections.abc import Callable

from moderation import review
from moderation.comments import Stored
from moderation.db import Database
from moderation.moderators import Moderator
from moderation.sites import Site
from tests.factories import a_moderator, a_site
from tests.web.person import Person

Hold = Callable[..., Stored]
Someone = Callable[[], Person]


def test_many_comments_come_in_pages(person: Person, hold: Hold) -> None:
    for number in range(review.PAGE + 2):
        hold(name=f"Visitor {number:02}")

    first = person.read("/review")
    assert first.count('data-card="') == review.PAGE
    following = first.split('href="/review?after=')[1].split('"')[0]
    second = person.read(f"/review?after={following}")

    assert f"Visitor {review.PAGE - 1:02}" in first
    assert f"Visitor {review.PAGE:02}" not in first
    assert second.count('data-card="') == 2
    assert f"Visitor {review.PAGE + 1:02}" in second


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
    someone: Someone, database: Database, site: Site
) -> None:
    with database.write() as conn:
        both = a_moderator(conn, site, a_site(conn, key="other"))
    person = someone()
    person.sign_in(both)

    page = person.read("/review?lane=reported&order=newest&site=other")

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
