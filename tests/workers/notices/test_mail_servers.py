"""What the mail server hears of us, and what a mail looks like on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from email.policy import SMTP

import pytest
from sqlalchemy import select, update

from moderation.enums import Status
from moderation.notifications.smtp import ehlo_name, ehlo_name_of
from moderation.schema.notifications import notice
from moderation.schema.sites import site
from moderation.settings import Settings
from tests.postbox import Postbox, html, plain
from tests.workers.notices.office import Office


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("comments.example.org", "comments.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("192.0.2.7", "[192.0.2.7]"),
        ("2001:db8::7", "[IPv6:2001:db8::7]"),
    ],
)
def test_the_host_of_the_links_is_the_name_for_ehlo(host: str, name: str) -> None:
    assert ehlo_name_of(host) == name
    assert ehlo_name(name) == name


@pytest.mark.parametrize("name", ["localhost", "a b.example", "x.org\r\nMAIL", "a..b"])
def test_what_relays_refuse_as_a_name_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="full name"):
        ehlo_name(name)


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    ("chosen", "heard"),
    [("", "comments.example.org"), ("relay.example.net", "relay.example.net")],
)
def test_a_relay_that_wants_a_full_name_gets_one(
    office: Office,
    postbox: Postbox,
    make_settings: Callable[..., Settings],
    chosen: str,
    heard: str,
) -> None:
    settings = make_settings(
        smtp_url=postbox.url,
        public_url="https://comments.example.org",
        mail_ehlo_name=chosen,
    )
    office.runtime = replace(office.runtime, settings=settings)
    postbox.wants_full_names = True
    office.desk.rule(office.comment(), Status.APPROVED)

    assert office.deliver() == 1
    assert set(postbox.names) == {heard}


@pytest.mark.parametrize("store", ["sqlite"])
def test_no_notice_is_given_up_for_what_the_operator_has_to_mend(
    office: Office, postbox: Postbox
) -> None:
    postbox.refuse_sender = "550 You may not send for this address"
    office.desk.rule(office.comment(), Status.APPROVED)
    assert office.deliver() == 0
    with office.database.read() as conn:
        row = conn.execute(select(notice)).one()
    assert (row.attempts, row.failed_at) == (1, None)

    postbox.refuse_sender = ""
    assert office.deliver(seconds_later=90) == 1


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    "name", ["Zeitung „Süd“ 小明", "News\r\nBcc: x@y.example", "Very long " * 30]
)
def test_names_of_sites_are_encoded_folded_and_no_header_of_their_own(
    office: Office, postbox: Postbox, make_settings: Callable[..., Settings], name: str
) -> None:
    settings = make_settings(
        smtp_url=postbox.url,
        public_url="https://comments.example.org",
        mail_from="Zeitung „Süd“ <comments@example.org>",
    )
    office.runtime = replace(office.runtime, settings=settings)
    with office.database.write() as conn:
        conn.execute(update(site).values(name=name))
    office.desk.rule(office.comment(), Status.APPROVED)

    assert office.deliver() == 1

    (mail,) = postbox.mails
    head, _, _ = mail.as_bytes(policy=SMTP).partition(b"\r\n\r\n")
    assert head.isascii()
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if b"List-" not in line)
    assert "Bcc" not in mail
    assert " ".join(name.split()) in mail["Subject"]
    assert mail["From"] == "Zeitung „Süd“ <comments@example.org>"


@pytest.mark.parametrize("store", ["sqlite"])
def test_what_a_comment_links_to_is_no_link_and_no_picture_in_a_mail(
    office: Office, postbox: Postbox
) -> None:
    text = (
        "[win](https://evil.example) ![p](https://evil.example/p.png)"
        '<img src="https://evil.example/i.png"> <a href="https://evil.example">a</a>'
    )
    office.desk.rule(office.comment(text=text), Status.APPROVED)

    assert office.deliver() == 1

    (mail,) = postbox.mails
    found = re.findall(r"<(?:a|img|link|iframe)\b[^>]*>", html(mail))
    assert found
    assert all(
        each.startswith('<a href="https://comments.example.org/') for each in found
    )
    assert "[win](https://evil.example)" in plain(mail)
