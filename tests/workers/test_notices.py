"""Authors are told what becomes of their comments: once, later, and never by mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from moderation import appeals, notices, outbox
from moderation.db import Database
from moderation.dispatch import Bell
from moderation.identity import Keyring
from moderation.reader_schema import notice, wish
from moderation.schema import author, comment
from moderation.settings import Settings
from moderation.vocabulary import Notice, Status
from tests.factories import a_site
from tests.fakes import FixedScorer
from tests.moderation.rows import decide, row_of
from tests.moderation.settled import Desk
from tests.postbox import Postbox, html, plain
from tests.service import free_address
from tests.travelling import travel
from workers.notices import deliver
from workers.runtime import Runtime

ADA = "ada@example.org"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox(int(free_address().rpartition(":")[2]))
    box.start()
    yield box
    box.stop()


@pytest.fixture
def settings(make_settings: Callable[..., Settings], postbox: Postbox) -> Settings:
    return make_settings(
        smtp_url=postbox.url, public_url="https://comments.example.org"
    )


@dataclass
class Office:
    """A desk whose authors want to hear, and the postman on the way."""

    desk: Desk
    runtime: Runtime
    postbox: Postbox

    @property
    def database(self) -> Database:
        return self.desk.database

    def comment(
        self,
        status: Status | None = Status.HELD,
        *,
        confirmed: bool = True,
        language: str = "en",
        **wanted: object,
    ) -> str:
        """A comment by Ada, who asked to be told; the machine decided about it."""
        values = {"name": "Ada", "email": ADA, "notify_in": language} | wanted
        public_id = self.desk.comment(status, **values)
        if confirmed:
            with self.database.write() as conn:
                conn.execute(update(author).values(email_confirmed_at=func.now()))
        return public_id

    def deliver(self, *, seconds_later: float = 11) -> int:
        """Let the postman come when the grace time is over."""
        then = datetime.now(UTC) + timedelta(seconds=seconds_later)
        with travel(then):
            return deliver(self.runtime)

    def kinds(self) -> list[str]:
        """What was told, by the subjects of the mails."""
        return [mail["Subject"] for mail in self.postbox.mails]


@pytest.fixture
def office(
    database: Database, settings: Settings, postbox: Postbox, scorer: FixedScorer
) -> Office:
    with database.write() as conn:
        site = a_site(conn, key="news")
    runtime = Runtime(settings, database, Bell.at(settings.redis_url), scorer)
    return Office(Desk(database, site), runtime, postbox)


PUBLISHED = "Your comment on The news of news is published"
REJECTED = "Your comment on The news of news was not published"
CONFIRM = "Please confirm your e-mail address for The news of news"


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
        assert conn.execute(select(func.count()).select_from(wish)).scalar() == 0


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


def test_what_a_postman_held_who_died_is_not_sent_twice(office: Office) -> None:
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
        make_settings(), office.database, office.runtime.bell, FixedScorer()
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


def test_a_policy_that_publishes_is_told_too(office: Office) -> None:
    office.comment(None)
    with office.database.write() as conn:
        public_id = conn.execute(select(comment.c.public_id)).scalar_one()
        decide(conn, Status.APPROVED, public_id)
        assert row_of(conn, public_id).status == Status.APPROVED
        last = select(notice.c.kind).order_by(notice.c.id.desc()).limit(1)
        assert conn.execute(last).scalar() == Notice.APPROVED

    assert office.deliver() == 1
