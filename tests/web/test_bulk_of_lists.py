"""Many comments with one press: all that a search finds, a thousand, a cluster."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.enums import Reason
from moderation.schema.clusters import cluster
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import CAREFUL, a_comment, a_moderator, a_site
from tests.web.choosing import post, seen, statuses
from tests.web.person import Person
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain

Hold = Callable[..., Stored]


def test_all_that_a_search_finds_is_decided_with_the_number_that_was_shown(
    hold: Hold, person: Person, runtime: Runtime, database: Database
) -> None:
    ids = [hold(f"Cheap watches, number {n}").public_id for n in range(3)]
    other = hold("Something else.").public_id
    describe(runtime)
    page = person.read("/review/search?q=watches&count=yes")
    shown = dict(re.findall(r'name="(q|number|newest)" value="([^"]*)"', page))
    assert shown["number"] == "3"

    # What comes after the page was made is not decided with it.
    late = hold("More cheap watches").public_id
    describe(runtime)
    answer = post(person, "/review/bulk", choice="rejected:spam", **shown).get_json()

    assert answer["done"] == 3
    assert statuses(database, [*ids, other, late]) == ["rejected"] * 3 + ["held"] * 2


def test_more_than_was_shown_has_to_be_looked_at_again(
    hold: Hold, person: Person, database: Database
) -> None:
    ids = [hold().public_id for _ in range(2)]

    answer = post(
        person, "/review/bulk", choice="approved", q="status:held", number="1"
    )

    assert answer.status_code == 409
    assert "There are 2 now" in answer.get_json()["problem"]
    assert statuses(database, ids) == ["held"] * 2


def test_a_confirmation_of_what_nobody_asked_about_changes_nothing(
    hold: Hold, person: Person, database: Database
) -> None:
    one = hold().public_id
    person.decide(one, "approved")

    answer = post(
        person, "/review/bulk", choice="approved", comment=seen([one], "approved")
    ).get_json()

    assert (answer["done"], answer["undo"]) == (0, "")
    assert answer["missed"][0]["why"] == "It stands so already: approved."


def test_viewers_and_strangers_decide_nothing(
    hold: Hold,
    someone: Callable[[], Person],
    viewer: Moderator,
    database: Database,
) -> None:
    ids = [hold().public_id]
    with database.write() as conn:
        other = a_site(conn, key="other", settings=CAREFUL)
        stranger = a_moderator(conn, other)
    looker, neighbour = someone(), someone()
    looker.sign_in(viewer)
    neighbour.sign_in(stranger)

    refused = post(looker, "/review/bulk", choice="approved", comment=seen(ids))
    missed = post(neighbour, "/review/bulk", choice="approved", comment=seen(ids))

    assert refused.status_code == 403
    assert missed.get_json()["done"] == 0
    assert missed.get_json()["missed"][0]["name"] == ""
    assert statuses(database, ids) == ["held"]


def test_a_thousand_are_decided_in_short_transactions(
    person: Person, database: Database, site: Site, runtime: Runtime
) -> None:
    with database.write() as conn:
        ids = [a_comment(conn, site).public_id for _ in range(1_000)]
    drain(runtime)

    answer = post(
        person, "/review/bulk", choice="rejected:spam", comment=seen(ids)
    ).get_json()

    assert answer["done"] == 1_000
    assert set(statuses(database, ids)) == {"rejected"}
    post(person, answer["undo"])
    assert set(statuses(database, ids)) == {"held"}


def test_a_cluster_is_shown_and_decided_on_its_page(
    hold: Hold,
    person: Person,
    someone: Callable[[], Person],
    runtime: Runtime,
    database: Database,
) -> None:
    text = "The finest watches of all are sold at {} today, so come and have a look."
    ids = [hold(text.format(f"shop {n}")).public_id for n in range(3)]
    describe(runtime)
    with database.read() as conn:
        path = f"/review/clusters/{conn.execute(select(cluster.c.public_id)).scalar()}"
    page = person.read(path)
    assert "3 comments that say nearly the same" in page
    assert re.findall(r'id="card-(\w+)"', page) == ids[::-1]
    with database.write() as conn:
        stranger = a_moderator(conn, a_site(conn, key="other"))
    neighbour = someone()
    neighbour.sign_in(stranger)
    assert neighbour.client.get(path).status_code == 404

    answer = post(
        person, path, choice=f"rejected:{Reason.SPAM}", spread="yes"
    ).get_json()

    assert answer["done"] == 3
    decided = person.read(path)
    assert "None of them waits." in decided
    assert "Decide about those that arrive within the next hour:" in decided
    late = hold(text.format("a late shop")).public_id
    describe(runtime)
    assert statuses(database, [*ids, late]) == ["rejected"] * 4
    post(person, answer["undo"])
    assert statuses(database, [*ids, late]) == ["held"] * 3 + ["rejected"]
