"""Mails on their way: servers that are away, addresses nobody has, postmen who die."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from moderation.enums import Status
from moderation.notifications import outbox
from moderation.schema.notifications import notice
from moderation.settings import Settings
from tests.fakes import FixedScorer
from tests.postbox import html, plain
from tests.workers.notices.office import ADA, PUBLISHED, Office
from workers.runtime import Runtime


def test_a_server_that_is_away_is_asked_again_and_given_up_where_it_shows(
    office: Office,
) -> None:
    office.desk.rule(office.comment(), Status.APPROVED)
    office.postbox.stop()
    later = 11.0
    for pause in (60, 240, 960, 3840):
        assert office.deliver(seconds_later=later) == 0
        with office.database.read() as conn:
            row = conn.execute(select(notice)).one()
        assert (row.sent_at, row.failed_at, row.handed_at) == (None, None, None)
        later += pause + 11
    assert office.deliver(seconds_later=later) == 0

    with office.database.read() as conn:
        row = conn.execute(select(notice)).one()
    assert row.attempts == 5
    assert row.failed_at is not None
    office.postbox.start()
    assert office.deliver(seconds_later=later + 100_000) == 0


def test_a_server_that_comes_back_gets_it(office: Office) -> None:
    office.desk.rule(office.comment(), Status.APPROVED)
    office.postbox.stop()
    assert office.deliver() == 0
    office.postbox.start()

    assert office.deliver(seconds_later=90) == 1


def test_an_unknown_address_is_given_up_at_once_and_the_others_get_theirs(
    office: Office,
) -> None:
    office.postbox.refuse[ADA] = "550 No such user"
    office.desk.rule(office.comment(), Status.APPROVED)
    office.desk.rule(
        office.comment(email="bea@example.org", name="Bea"), Status.APPROVED
    )

    assert office.deliver() == 1
    assert office.deliver(seconds_later=9999) == 0
    assert [mail["To"] for mail in office.postbox.mails] == ["bea@example.org"]


def test_what_a_delivery_job_held_who_died_is_not_sent_twice(office: Office) -> None:
    """The mail server had it, and nobody noted its answer: it may have arrived."""

    office.desk.rule(office.comment(), Status.APPROVED)
    then = datetime.now(UTC) + timedelta(seconds=11)
    with office.database.write() as conn:
        letter = outbox.claim(conn, grace=timedelta(seconds=10), now=then)
        assert letter
        assert outbox.hand_over(conn, letter.id, then)

    # Somebody still holds it; then the lease is over.
    assert office.deliver(seconds_later=60) == 0
    assert office.deliver(seconds_later=3600) == 0
    assert office.postbox.mails == []
    with office.database.read() as conn:
        assert conn.execute(select(notice.c.failed_at)).scalar_one() is not None


def test_without_a_mail_server_nothing_is_sent(
    office: Office, make_settings: Callable[..., Settings]
) -> None:
    office.desk.rule(office.comment(), Status.APPROVED)
    office.runtime = Runtime(
        make_settings(), office.database, office.runtime.job_queue, FixedScorer()
    )

    assert office.deliver() == 0


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: everybody@example.org",
        "Eve\nSubject: other",
        "\u202eEve",
        "Eve\x07\x1b[31m",
        "<script>alert(1)</script>",
    ],
)
def test_nothing_that_was_typed_becomes_a_header_or_an_element(
    office: Office, name: str
) -> None:
    text = f"{name}\r\n.\r\nMAIL FROM:<eve@example.org>\n<img src=x onerror=alert(1)>"
    office.desk.rule(
        office.comment(name=name[:90], text=text, thread_title=name), Status.APPROVED
    )

    assert office.deliver() == 1

    (mail,) = office.postbox.mails
    known = "From To Subject Date Message-ID Auto-Submitted MIME-Version Content-Type"
    ours = {*known.split(), "List-Unsubscribe", "List-Unsubscribe-Post"}
    assert {each for each in mail if not each.startswith("X-")} == ours
    assert mail["Subject"] == PUBLISHED
    assert re.findall(r"<(script|img|b)\b", html(mail)) == []
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", plain(mail) + html(mail))
    typed = [line for line in plain(mail).splitlines() if "eve@example.org" in line]
    assert typed == ["> MAIL FROM:<eve@example.org>"]
