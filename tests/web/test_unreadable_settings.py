"""What people see of settings that cannot be used, and of rules of another version."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from moderation.comments.draft import Stored
from moderation.schema.audit import decision
from moderation.schema.sites import site
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.web.configuring import PAGE, form, settings_of
from tests.web.person import Person

Hold = Callable[..., Stored]

pytestmark = pytest.mark.parametrize("store", ["sqlite"])


def stored(database: Database, document: object) -> None:
    with database.write() as conn:
        conn.execute(update(site).values(settings=document))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/a*/", "fits every text"),
        (
            "\n".join(rf"/\pL{{1,9}}x{n}\pL{{1,9}}/" for n in range(400)),
            "too large together",
        ),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_a_sentence(
    owner: Person, database: Database, typed: str, said: str
) -> None:
    before = settings_of(database)
    for where in (PAGE, f"{PAGE}/preview"):
        answer = owner.send(PAGE, where, **form(database, suspect_words=typed))

        assert answer.status_code == 422
        assert said in answer.text
    assert settings_of(database) == before


def test_the_page_names_what_it_cannot_read_until_it_is_saved(
    owner: Person, database: Database, site: Site
) -> None:
    stored(database, {"mode": "hold_the_line", "links_allowed": 3})
    assert "stand in their place: mode." in owner.read(PAGE)

    assert owner.send(PAGE, PAGE, **form(database)).status_code == 303

    page = owner.read(PAGE)
    assert "stand in their place" not in page
    assert 'value="3"' in page


def test_cards_say_what_kept_the_rules_from_judging(
    person: Person, database: Database, hold: Hold
) -> None:
    stored(database, {"mode": "hold_the_line"})
    hold("A word about the harbour.")
    stored(database, {"blocked_words": ["/(open/"]})
    hold("Another word about the harbour.")

    page = person.read("/review")

    assert "the settings of the site cannot be read: mode" in page
    assert "could not be judged" in page


def test_a_rule_of_another_version_is_named_as_it_is(
    person: Person, database: Database, hold: Hold
) -> None:
    hold("A word about the harbour.")
    facts = {"hits": [{"rule": "a_rule_of_tomorrow", "moon": "full"}]}
    with database.write() as conn:
        conn.execute(update(decision).values(facts=facts, rule="a_rule_of_tomorrow"))

    assert "a_rule_of_tomorrow" in person.read("/review")
