"""An author's page, and what moderators decide about authors."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from moderation import reports, upkeep
from moderation.comments import Stored
from moderation.db import Database
from moderation.dispatch import Bell
from moderation.identity import key_at, made_at
from moderation.moderators import Moderator
from moderation.reports import Grievance
from moderation.schema import author, comment, journal, revision
from moderation.settings import Settings
from moderation.sites import Site
from moderation.standing_schema import ban
from moderation.vocabulary import Act, Complaint, Role, Status
from tests.factories import CAREFUL, KEYRING, a_moderator, a_site
from tests.fakes import FixedScorer
from tests.moderation.rows import row_of
from tests.web.person import Person
from workers.describe import describe
from workers.runtime import Runtime

Hold = Callable[..., Stored]
JANE = {"name": "Jane", "email": "jane@example.org"}


@pytest.fixture
def person(someone: Callable[[], Person], moderator: Moderator) -> Person:
    person = someone()
    person.sign_in(moderator)
    return person


@pytest.fixture
def runtime(settings: Settings, database: Database) -> Runtime:
    return Runtime(settings, database, Bell.at(settings.redis_url), FixedScorer())


def page_of(database: Database, public_id: str) -> str:
    """The path of the page of a comment's author."""
    with database.read() as conn:
        found = conn.execute(
            select(author.c.public_id)
            .join(comment, comment.c.author_id == author.c.id)
            .where(comment.c.public_id == public_id)
        ).scalar_one()
    return f"/authors/{found}"


def mark(person: Person, page: str, **form: str) -> Any:
    return person.send(page, f"{page}/marks", **form)


def undo(person: Person, page: str) -> Any:
    """Press the undo button that the last act left on the page."""
    text = person.client.get(page).text
    found = re.search(r'action="(/review/decided/\w+/undo)"', text)
    assert found, "no undo on the page"
    return person.send(page, found[1])


def statuses(database: Database, *stored: Stored) -> list[str]:
    with database.read() as conn:
        return [row_of(conn, each.public_id).status for each in stored]


def marks_of(database: Database, public_id: str) -> tuple[bool, bool, Any]:
    with database.read() as conn:
        row = conn.execute(
            select(author.c.trusted, author.c.banned, author.c.banned_until)
            .join(comment, comment.c.author_id == author.c.id)
            .where(comment.c.public_id == public_id)
        ).one()
    return row[0], row[1], row[2]


def test_the_page_has_all_comments_newest_first_and_what_became_of_them(
    hold: Hold, person: Person, database: Database
) -> None:
    ids = [hold(**JANE).public_id for _ in range(15)]
    hold()
    person.decide(ids[0], "rejected:abuse")

    page = person.read(page_of(database, ids[0]))

    assert re.findall(r'id="card-(\w+)"', page) == ids[:-13:-1]
    assert "rejected: Abuse" in page
    more = re.search(r'href="(/authors/\w+\?after=\w+)"', page)
    assert more
    assert re.findall(r'id="card-(\w+)"', person.read(more[1])) == ids[2::-1]


def test_who_is_trusted_is_published_and_who_is_banned_rejected(
    hold: Hold, person: Person, database: Database
) -> None:
    page = page_of(database, hold(**JANE).public_id)

    mark(person, page, mark="trust")
    assert statuses(database, hold(**JANE)) == ["approved"]
    mark(person, page, mark="ban")
    banned = hold(**JANE)
    assert statuses(database, banned) == ["rejected"]
    assert marks_of(database, banned.public_id) == (False, True, None)
    mark(person, page, mark="unban")
    assert statuses(database, hold(**JANE)) == ["approved"]


def test_a_ban_ends_when_it_was_to_end(
    hold: Hold, person: Person, database: Database
) -> None:
    first = hold(**JANE)
    page = page_of(database, first.public_id)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()

    mark(person, page, mark="ban", until=tomorrow.isoformat())

    _, banned, until = marks_of(database, first.public_id)
    assert banned
    assert until.date() == tomorrow + timedelta(days=1)
    assert "banned until" in person.read(page)
    assert statuses(database, hold(**JANE)) == ["rejected"]
    with database.write() as conn:
        conn.execute(
            update(author)
            .where(author.c.banned)
            .values(banned_until=datetime.now(UTC) - timedelta(seconds=1))
        )
    assert statuses(database, hold(**JANE)) == ["held"]
    assert "banned" not in person.read(page).partition("<main")[2].partition("marks")[0]


def test_a_ban_with_its_sweep_is_one_entry_and_one_undo(
    hold: Hold, person: Person, database: Database
) -> None:
    held, approved = (hold(**JANE) for _ in range(2))
    # Three days ago is not within the last 24 hours.
    old = an_older_one(database, held, timedelta(days=3))
    other = hold()
    person.decide(approved.public_id, "approved")
    page = page_of(database, held.public_id)

    answer = mark(person, page, mark="ban", sweep_hours="24", reason="spam")

    assert answer.status_code == 303
    assert "The author is banned. 2 comments rejected." in person.read(page)
    assert statuses(database, old, held, approved, other) == [
        "held",
        "rejected",
        "rejected",
        "held",
    ]
    with database.read() as conn:
        acts = select(journal.c.act, func.count()).where(journal.c.act == Act.AUTHOR)
        assert tuple(conn.execute(acts.group_by(journal.c.act)).one()) == ("author", 1)
    mark(person, page, mark="untrust")
    undo(person, page)
    latest = re.search(
        r'action="(/review/decided/\w+/undo)"', person.read("/review/decided")
    )
    assert latest
    person.send("/review/decided", latest[1])
    assert statuses(database, old, held, approved, other) == [
        "held",
        "held",
        "approved",
        "held",
    ]
    assert marks_of(database, held.public_id) == (False, False, None)


def test_a_sweep_alone_bans_nobody(
    hold: Hold, person: Person, database: Database
) -> None:
    first, second = hold(**JANE), hold(**JANE)
    page = page_of(database, first.public_id)

    mark(person, page, mark="sweep", sweep_hours="1")

    assert statuses(database, first, second) == ["rejected"] * 2
    assert marks_of(database, first.public_id) == (False, False, None)
    undo(person, page)
    assert statuses(database, first, second) == ["held"] * 2


@pytest.mark.parametrize(
    ("what", "same", "another"),
    [
        ("domain", {"email": "jim@EXAMPLE.org"}, {"email": "jim@example.net"}),
        ("network", {"address": "192.0.2.200"}, {"address": "198.51.100.1"}),
    ],
)
def test_a_domain_and_a_network_can_be_banned_for_a_while(
    hold: Hold,
    person: Person,
    database: Database,
    what: str,
    same: dict[str, str],
    another: dict[str, str],
) -> None:
    page = page_of(database, hold(**JANE, address="192.0.2.7").public_id)

    mark(person, page, mark=f"ban_{what}")
    assert statuses(database, hold(**same), hold(**another)) == ["rejected", "held"]
    mark(person, page, mark=f"unban_{what}")
    assert statuses(database, hold(**same)) == ["held"]
    undo(person, page)
    assert statuses(database, hold(**same)) == ["rejected"]
    with database.write() as conn:
        conn.execute(update(ban).values(until=datetime.now(UTC)))
    assert statuses(database, hold(**same)) == ["held"]


def test_a_ban_of_a_domain_is_taken_back_like_anything_else(
    hold: Hold, person: Person, database: Database
) -> None:
    page = page_of(database, hold(**JANE).public_id)
    mark(person, page, mark="ban_domain")

    undo(person, page)

    assert statuses(database, hold(**JANE)) == ["held"]


def test_marks_hold_here_or_everywhere_that_the_moderator_decides(
    hold: Hold,
    someone: Callable[[], Person],
    database: Database,
    site: Site,
) -> None:
    with database.write() as conn:
        second, third = (
            a_site(conn, key=each, settings=CAREFUL) for each in ("second", "third")
        )
        both = a_moderator(conn, site, second)
    here, there, beyond = (hold(**JANE, to=each) for each in (site, second, third))
    person = someone()
    person.sign_in(both)
    page = page_of(database, here.public_id)
    assert "The news of second" in person.read(page)
    assert "The news of third" not in person.read(page)

    mark(person, page, mark="ban", sites="this")
    assert [marks_of(database, each.public_id)[1] for each in (here, there)] == [
        True,
        False,
    ]
    mark(person, page, mark="ban", sites="all", sweep_hours="1")
    assert statuses(database, here, there, beyond) == ["rejected", "rejected", "held"]
    assert not marks_of(database, beyond.public_id)[1]
    undo(person, page)
    assert [marks_of(database, each.public_id)[1] for each in (here, there)] == [
        True,
        False,
    ]
    assert statuses(database, here, there) == ["held", "held"]


def test_an_act_is_not_taken_back_over_what_somebody_changed_since(
    hold: Hold, person: Person, database: Database, site: Site, now: datetime
) -> None:
    first = hold(**JANE)
    page = page_of(database, first.public_id)
    mark(person, page, mark="ban")
    with database.write() as conn:
        identity = conn.execute(
            select(author.c.identity).where(author.c.name == "Jane")
        ).scalar_one()
        upkeep.mark_author(
            conn, site, identity, {"banned": False}, actor="moderator:x", now=now
        )

    assert undo(person, page).status_code == 409
    assert marks_of(database, first.public_id)[1] is False


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"mark": "ban", "until": "2001-01-01"}, 400, "still to come"),
        ({"mark": "ban", "until": "soon"}, 400, "still to come"),
        ({"mark": "ban", "sweep_hours": "721"}, 400, "between 1 and 720"),
        ({"mark": "sweep"}, 400, "between 1 and 720"),
        ({"mark": "ban_network"}, 409, "not known any more"),
        ({"mark": "love"}, 400, ""),
    ],
)
def test_what_cannot_be_is_explained(
    hold: Hold,
    person: Person,
    database: Database,
    form: dict[str, str],
    status: int,
    said: str,
) -> None:
    first = hold(**JANE, address="")
    page = page_of(database, first.public_id)

    answer = mark(person, page, **form)

    assert answer.status_code == status
    assert said in answer.text
    assert marks_of(database, first.public_id) == (False, False, None)


def test_notes_are_kept_read_removed_and_put_back(
    hold: Hold,
    person: Person,
    someone: Callable[[], Person],
    database: Database,
    site: Site,
) -> None:
    page = page_of(database, hold(**JANE).public_id)
    with database.write() as conn:
        colleague, owner = (
            a_moderator(conn, site),
            a_moderator(conn, site, role=Role.OWNER),
        )
    other, boss = someone(), someone()
    other.sign_in(colleague)
    boss.sign_in(owner)

    assert person.send(page, f"{page}/notes", text="<b>Rude</b>").status_code == 303
    assert "&lt;b&gt;Rude&lt;/b&gt;" in other.read(page)
    path = re.search(r'action="(/notes/\w+/remove)"', person.read(page))
    assert path
    assert path[1] not in other.read(page)
    assert other.send(page, path[1]).status_code == 404
    assert boss.send(page, path[1]).status_code == 303
    assert "Rude" not in person.read(page)
    undo(boss, page)
    assert "Rude" in person.read(page)
    for text in ("  ", "x" * 2_001):
        assert person.send(page, f"{page}/notes", text=text).status_code == 400


def test_a_note_from_a_card_stays_with_its_comment(
    hold: Hold, person: Person, database: Database
) -> None:
    first, second = hold(**JANE), hold(**JANE)
    strange = hold(name="Ann", email="ann@example.org")
    page = page_of(database, first.public_id)
    form = {"text": "Same words <b>as</b> last week", "comment": first.public_id}
    words = "Same words &lt;b&gt;as&lt;/b&gt; last week"

    assert person.send(page, f"{page}/notes", **form).status_code == 303

    assert words in person.read(f"/review/{first.public_id}")
    assert words not in person.read(f"/review/{second.public_id}")
    assert person.read("/review").count(words) == 1
    # Once as a note about the author, once on the card of the comment.
    shown = person.read(page)
    assert shown.count(words) == 2
    assert f'<a href="/review/{first.public_id}">written on a comment</a>' in shown
    form["comment"] = strange.public_id
    assert person.send(page, f"{page}/notes", **form).status_code == 404
    person.undo_latest()
    assert words not in person.read("/review")


def test_viewers_look_and_strangers_find_nothing(
    hold: Hold,
    someone: Callable[[], Person],
    viewer: Moderator,
    database: Database,
) -> None:
    first = hold(**JANE)
    page = page_of(database, first.public_id)
    with database.write() as conn:
        stranger = a_moderator(conn, a_site(conn, key="other"))
    looker, neighbour = someone(), someone()
    looker.sign_in(viewer)
    neighbour.sign_in(stranger)

    assert "jane@example.org" in looker.read(page)
    assert "/marks" not in looker.read(page)
    for path, form in (
        (f"{page}/marks", {"mark": "ban"}),
        (f"{page}/notes", {"text": "x"}),
    ):
        assert looker.send("/review", path, **form).status_code == 403
        assert neighbour.send("/review", path, **form).status_code == 404
    assert neighbour.client.get(page).status_code == 404
    assert marks_of(database, first.public_id) == (False, False, None)


def an_older_one(database: Database, like: Stored, by: timedelta) -> Stored:
    """A held comment of the same author from so long before: its key is its time."""
    with database.write() as conn:
        row = row_of(conn, like.public_id)
        older = key_at(made_at(row.id) - by)
        for table, changes in (
            (comment, {"id": older, "public_id": "0" * 32}),
            (revision, {"comment_id": older}),
        ):
            key = comment.c.id if table is comment else revision.c.comment_id
            values = conn.execute(select(table).where(key == row.id)).mappings().one()
            conn.execute(insert(table), {**values, **changes})
    return Stored("0" * 32, Status.HELD)


def test_reports_about_an_author_and_from_where_they_write_are_shown(
    hold: Hold, person: Person, database: Database, runtime: Runtime
) -> None:
    jane = hold(**JANE, address="192.0.2.7").public_id
    john = hold(name="John", address="198.51.100.1").public_id
    for each in (jane, john):
        person.decide(each, "approved")
    describe(runtime)
    by_jane = Grievance(
        Complaint.SPAM, "They sell something.", KEYRING.address("192.0.2.7").hex()
    )
    with database.write() as conn:
        reports.submit(conn, john, by_jane, datetime.now(UTC))

    of_john = person.read(page_of(database, john))
    of_jane = person.read(page_of(database, jane))

    assert "Reports about them" in of_john
    assert "They sell something." in of_john
    assert "Reports from where they write" in of_jane
    assert "They sell something." in of_jane
    assert by_jane.reporter not in of_john + of_jane
