"""Nobody is told by mistake: only who asked, confirmed and did not end it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import func, select

from moderation.enums import Status
from moderation.notifications import notices
from moderation.schema.comments import author
from moderation.schema.notifications import notice_request
from tests.postbox import html, plain
from tests.workers.notices.office import CONFIRM, PUBLISHED, Office


def test_nobody_hears_anything_before_the_address_is_confirmed(office: Office) -> None:
    public_id = office.comment(confirmed=False, text="Buy <b>certainly</b> here")
    office.desk.rule(public_id, Status.APPROVED)

    assert office.deliver() == 1
    assert office.kinds() == [CONFIRM]
    (mail,) = office.postbox.mails
    # Whoever gets this may never have written to anybody: nothing of a stranger's.
    for part in (plain(mail), html(mail)):
        assert "certainly" not in part
        assert "Ada" not in part

    with office.database.write() as conn:
        author_id = conn.execute(select(author.c.public_id)).scalar_one()
        assert notices.confirm(conn, author_id, datetime.now(UTC))
    assert office.deliver() == 1
    assert office.kinds() == [CONFIRM, PUBLISHED]


def test_an_address_is_asked_once_a_day_whoever_types_it(office: Office) -> None:
    for number in range(5):
        office.comment(confirmed=False, text=f"Number {number} of many remarks.")

    assert office.deliver() == 1
    assert office.kinds() == [CONFIRM]


def test_whoever_ends_the_mails_gets_none_not_even_those_on_their_way(
    office: Office,
) -> None:
    public_id = office.comment()
    office.desk.rule(public_id, Status.APPROVED)
    with office.database.write() as conn:
        author_id = conn.execute(select(author.c.public_id)).scalar_one()
        assert notices.stop(conn, author_id)

    office.desk.rule(public_id, Status.REJECTED)
    assert office.deliver() == 0
    assert office.postbox.mails == []
    with office.database.read() as conn:
        assert (
            conn.execute(select(func.count()).select_from(notice_request)).scalar() == 0
        )


def test_who_did_not_ask_is_not_told(office: Office) -> None:
    public_id = office.comment(language="")
    office.desk.rule(public_id, Status.APPROVED)

    assert office.deliver() == 0


def test_every_mail_ends_with_one_click(office: Office) -> None:
    office.desk.rule(office.comment(), Status.APPROVED)
    office.deliver()

    (mail,) = office.postbox.mails
    link = re.fullmatch(
        r"<(https://[^>]+/notices/stop/[^>]+)>", mail["List-Unsubscribe"]
    )
    assert link
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link[1] in plain(mail)
