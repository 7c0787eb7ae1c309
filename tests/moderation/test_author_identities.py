"""Who is the same author: by e-mail address, or by name and network without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from moderation.authors import identity
from moderation.comments.draft import Stored
from moderation.comments.submit import submit
from moderation.schema.comments import author, comment
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import KEYRING, a_comment, a_draft, a_site
from tests.moderation.rows import row_of

NOW = datetime.now(UTC)
ANNA = {"name": "Anna", "email": ""}
HERE, NEXT_DOOR, ELSEWHERE = "192.0.2.7", "192.0.2.99", "198.51.100.9"


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn)


def authors(database: Database, site: Site, *wanted: dict[str, str]) -> list[int]:
    """Who wrote, when each says something of their own."""
    found = []
    for each in wanted:
        with database.write() as conn:
            stored = a_comment(conn, site, **each)
            found.append(row_of(conn, stored.public_id).author_id)
    return found


def as_before(database: Database, name: str = "Anna") -> None:
    """Make an author one of an earlier version, known by name alone."""
    with database.write() as conn:
        conn.execute(
            update(author).values(
                identity=KEYRING.author(email="", name=name), by_network=False
            )
        )


def test_two_people_of_one_name_may_say_the_same(
    database: Database, site: Site
) -> None:
    drafts = [
        a_draft(site, "Danke!", **ANNA, address=each) for each in (HERE, ELSEWHERE)
    ]

    with database.write() as conn:
        answers = submit(conn, drafts)

    assert [isinstance(each, Stored) and not each.is_repeat for each in answers] == [
        True,
        True,
    ]
    with database.read() as conn:
        assert len(set(conn.execute(select(comment.c.author_id)).scalars())) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # A network is a neighbourhood; another one is somebody else.
        (ANNA | {"address": HERE}, ANNA | {"address": NEXT_DOOR}, True),
        (ANNA | {"address": HERE}, ANNA | {"address": ELSEWHERE}, False),
        (
            ANNA | {"address": HERE},
            {"name": "Bob", "email": "", "address": HERE},
            False,
        ),
        # A server that says no address knows who its readers are.
        (ANNA | {"address": ""}, ANNA | {"address": ""}, True),
        # With an e-mail address neither name nor network matters.
        (
            {"name": "Anna", "email": "a@b.org", "address": HERE},
            {"name": "Ann", "email": "A@B.org", "address": ELSEWHERE},
            True,
        ),
    ],
)
def test_an_author_is_known_by_address_or_by_name_and_network(
    database: Database,
    site: Site,
    one: dict[str, str],
    other: dict[str, str],
    same: bool,
) -> None:
    first, second = authors(database, site, one, other)

    assert (first == second) is same


def test_an_author_of_an_earlier_version_goes_on_where_they_wrote_from(
    database: Database, site: Site
) -> None:
    (known,) = authors(database, site, ANNA | {"address": HERE})
    as_before(database)

    again, stranger = authors(
        database, site, ANNA | {"address": NEXT_DOOR}, ANNA | {"address": ELSEWHERE}
    )

    assert again == known
    assert stranger != known


def test_a_name_that_was_banned_stays_banned_from_every_network(
    database: Database, site: Site
) -> None:
    (known,) = authors(database, site, ANNA | {"address": HERE})
    as_before(database)
    with database.write() as conn:
        conn.execute(update(author).values(banned=True))

    assert authors(database, site, ANNA | {"address": ELSEWHERE}) == [known]


def test_the_network_of_who_did_not_write_lately_is_forgotten(
    database: Database, site: Site
) -> None:
    known, _ = authors(
        database, site, ANNA | {"address": HERE}, {"email": "ada@example.org"}
    )
    with database.read() as conn:
        before = dict(conn.execute(select(author.c.id, author.c.identity)).all())  # type: ignore[arg-type]
    with database.write() as conn:
        kept = identity.forget(conn, NOW - timedelta(days=1), 10)
        gone = identity.forget(conn, NOW + timedelta(days=1), 10)
        again = identity.forget(conn, NOW + timedelta(days=1), 10)
        after = dict(conn.execute(select(author.c.id, author.c.identity)).all())  # type: ignore[arg-type]

    assert (kept, gone, again) == (0, 1, 0)
    assert [each for each in after if after[each] != before[each]] == [known]
    assert authors(database, site, ANNA | {"address": HERE}) != [known]
