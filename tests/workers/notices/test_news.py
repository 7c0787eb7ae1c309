"""Authors are told what becomes of their comments: once, and later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from moderation.enums import Notice, Status
from moderation.feedback import appeals
from moderation.schema.comments import comment
from moderation.schema.notifications import notice
from moderation.signing import Keyring
from tests.moderation.rows import decide, row_of
from tests.postbox import html, plain
from tests.workers.notices.office import ADA, PUBLISHED, REJECTED, Office


def test_an_author_who_asked_is_told_after_the_grace_time(office: Office) -> None:
    public_id = office.comment()
    office.desk.rule(public_id, Status.APPROVED)

    assert office.deliver(seconds_later=5) == 0
    assert office.deliver(seconds_later=11) == 1
    assert office.deliver(seconds_later=600) == 0

    (mail,) = office.postbox.mails
    assert (mail["To"], mail["Subject"]) == (ADA, PUBLISHED)
    assert mail["From"] == "comments@comments.example.org"
    assert "is published on The news of news" in plain(mail)
    assert "> I walked past the harbour" in plain(mail)
    token = Keyring(office.runtime.settings.secret_key).sign("status", public_id)
    for part in (plain(mail), html(mail)):
        assert f"https://comments.example.org/comments/{token}" in part


def test_a_rejection_is_told_with_its_reason_in_the_authors_language(
    office: Office,
) -> None:
    public_id = office.comment(language="de")
    office.desk.rule(public_id, Status.REJECTED)

    assert office.deliver() == 1

    (mail,) = office.postbox.mails
    assert mail["Subject"] == (
        "Ihr Kommentar auf The news of news wurde nicht veröffentlicht"
    )
    assert "Als Grund wurde angegeben: Beleidigung oder Belästigung." in plain(mail)
    assert '<html lang="de">' in html(mail)


def test_an_act_that_is_undone_within_the_grace_time_was_never_told(
    office: Office,
) -> None:
    public_id = office.comment()
    journal_id = office.desk.rule(public_id, Status.REJECTED)
    office.desk.undo(journal_id)

    assert office.deliver() == 0
    assert office.postbox.mails == []


def test_only_the_last_of_quick_decisions_is_told(office: Office) -> None:
    public_id = office.comment()
    office.desk.rule(public_id, Status.APPROVED)
    office.desk.rule(public_id, Status.REJECTED)

    assert office.deliver() == 1
    assert office.deliver(seconds_later=600) == 0
    assert office.kinds() == [REJECTED]


def test_an_undo_gives_the_earlier_news_back(office: Office) -> None:
    public_id = office.comment()
    now = datetime.now(UTC)
    office.desk.rule(public_id, Status.APPROVED, at=now)
    journal_id = office.desk.rule(
        public_id, Status.REJECTED, at=now + timedelta(seconds=8)
    )
    # The first notice is due, but the second may overtake it yet.
    assert office.deliver(seconds_later=12) == 0
    office.desk.undo(journal_id)

    assert office.deliver(seconds_later=20) == 1
    assert office.kinds() == [PUBLISHED]


def test_the_same_news_is_not_told_twice(office: Office) -> None:
    public_id = office.comment()
    journal_id = office.desk.rule(public_id, Status.APPROVED)
    assert office.deliver() == 1
    taken_back = office.desk.undo(journal_id)
    office.desk.undo(taken_back)

    assert office.deliver() == 0
    assert office.kinds() == [PUBLISHED]


def test_an_appeal_is_answered_in_words(office: Office) -> None:
    public_id = office.comment()
    office.desk.rule(public_id, Status.REJECTED)
    assert office.deliver() == 1
    with office.database.write() as conn:
        appeals.submit(conn, public_id, "Please look again.", datetime.now(UTC))
    office.desk.rule(
        public_id, Status.REJECTED, by=1, answer="It still names a <private> person."
    )

    assert office.deliver() == 1

    mail = office.postbox.mails[-1]
    assert mail["Subject"].endswith("the decision stands")
    assert "> It still names a <private> person." in plain(mail)
    assert "It still names a &lt;private&gt; person." in html(mail)


def test_a_policy_that_publishes_is_told_too(office: Office) -> None:
    office.comment(None)
    with office.database.write() as conn:
        public_id = conn.execute(select(comment.c.public_id)).scalar_one()
        decide(conn, Status.APPROVED, public_id)
        assert row_of(conn, public_id).status == Status.APPROVED
        last = select(notice.c.kind).order_by(notice.c.id.desc()).limit(1)
        assert conn.execute(last).scalar() == Notice.APPROVED

    assert office.deliver() == 1
