"""Readers report a comment, from a page of the site or on a page without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.enums import Kind, ReportReason, Status
from moderation.feedback import reports
from moderation.feedback.reports import Report
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import ARTICLE, ORIGIN, a_site
from tests.moderation.rows import row_of
from tests.moderation.settled import Desk


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)


def reported(desk: Desk, public_id: str) -> list[Report]:
    with desk.database.read() as conn:
        row_id = row_of(conn, public_id).id
        return reports.of(conn, [row_id]).get(row_id, [])


def post(
    client: FlaskClient, public_id: str, *, origin: str = ORIGIN, **body: object
) -> TestResponse:
    return client.post(
        f"/api/v1/sites/news/comments/{public_id}/reports",
        json=body,
        headers={"Origin": origin},
    )


def test_a_page_of_the_site_reports_a_comment(client: FlaskClient, desk: Desk) -> None:
    public_id = desk.comment()

    answer = post(client, public_id, reason="abuse", text=" He means my neighbour. ")

    assert (answer.status_code, answer.get_json()["status"]) == (202, "received")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    (said,) = reported(desk, public_id)
    assert (said.complaint, said.text) == (ReportReason.ABUSE, "He means my neighbour.")
    assert desk.lane(Kind.REPORTED) == [public_id]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "rude"}, 422, "complaint_missing"),
        ({}, 422, "complaint_missing"),
        ({"reason": ["spam"]}, 422, "complaint_missing"),
        ({"reason": "spam", "text": "x" * 1001}, 422, "report_too_long"),
        (
            {"reason": "spam", "origin": "https://evil.example"},
            403,
            "origin_not_allowed",
        ),
    ],
)
def test_a_report_that_cannot_be_taken_says_why(
    client: FlaskClient, desk: Desk, body: dict[str, str], status: int, code: str
) -> None:
    public_id = desk.comment()

    answer = post(client, public_id, **body)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"
    assert reported(desk, public_id) == []


def test_what_cannot_be_read_or_is_of_another_site_is_not_there(
    client: FlaskClient, desk: Desk
) -> None:
    with desk.database.write() as conn:
        other = a_site(conn, key="other")
    foreign = Desk(desk.database, other).comment()

    for public_id in (desk.comment(Status.HELD), foreign, "0" * 32, "x"):
        assert post(client, public_id, reason="spam").status_code == 404
        assert (
            client.get(f"/comments/{desk.comment(Status.REJECTED)}/report").status_code
            == 404
        )


def test_a_reader_reports_once_and_is_told_so(client: FlaskClient, desk: Desk) -> None:
    public_id = desk.comment()

    assert post(client, public_id, reason="spam").status_code == 202
    again = post(client, public_id, reason="hate")

    assert (again.status_code, again.get_json()["code"]) == (409, "reported_already")
    assert len(reported(desk, public_id)) == 1


def test_the_page_works_without_scripts_and_keeps_what_was_typed(
    client: FlaskClient, desk: Desk
) -> None:
    public_id = desk.comment(text="Something *awful* about harbours.")
    path = f"/comments/{public_id}/report"
    page = client.get(path)
    assert "Something <em>awful</em> about harbours." in page.text

    refused = client.post(path, data={"text": "I <b>typed</b> this."})
    assert refused.status_code == 422
    assert "Please choose what is wrong with the comment." in refused.text
    assert "I &lt;b&gt;typed&lt;/b&gt; this." in refused.text

    sent = client.post(path, data={"reason": "hate", "text": "I typed this."})
    assert sent.status_code == 303
    thanks = client.get(sent.headers["Location"]).text
    assert "Thank you for telling us" in thanks
    assert f'href="{ARTICLE}"' in thanks
    assert [each.complaint for each in reported(desk, public_id)] == [ReportReason.HATE]


def test_other_pages_do_not_report_in_a_readers_name(
    client: FlaskClient, desk: Desk
) -> None:
    public_id = desk.comment()

    for origin in ("https://evil.example", "null"):
        answer = client.post(
            f"/comments/{public_id}/report",
            data={"reason": "spam"},
            headers={"Origin": origin},
        )
        assert answer.status_code == 403
    assert reported(desk, public_id) == []


class TestLimits:
    """A reader who reports very much has to wait."""

    @pytest.fixture
    def settings(self, make_settings: Callable[..., Settings]) -> Settings:
        return make_settings(rate_limit_reader="2 per hour")

    def test_a_reader_who_reports_much_has_to_wait(
        self, client: FlaskClient, desk: Desk
    ) -> None:
        ids = [desk.comment() for _ in range(3)]
        codes = [post(client, each, reason="spam").status_code for each in ids]
        page = client.post(f"/comments/{ids[2]}/report", data={"reason": "spam"})

        assert codes == [202, 202, 429]
        assert page.status_code == 429
        assert reported(desk, ids[2]) == []
