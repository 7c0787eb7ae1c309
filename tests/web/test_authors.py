"""An author's page: what stands on it, and who may look."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.enums import ReportReason
from moderation.feedback import reports
from moderation.feedback.reports import ReportRequest
from moderation.storage.database import Database
from tests.factories import KEYRING, a_moderator, a_site
from tests.web.marking import JANE, mark, marks_of, page_of
from tests.web.person import Person
from workers.index import describe
from workers.runtime import Runtime

Hold = Callable[..., Stored]


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


def test_reports_about_an_author_and_from_where_they_write_are_shown(
    hold: Hold, person: Person, database: Database, runtime: Runtime
) -> None:
    jane = hold(**JANE, address="192.0.2.7").public_id
    john = hold(name="John", address="198.51.100.1").public_id
    for each in (jane, john):
        person.decide(each, "approved")
    describe(runtime)
    by_jane = ReportRequest(
        ReportReason.SPAM, "They sell something.", KEYRING.address("192.0.2.7").hex()
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
