"""A real mail server for the tests, which keeps what it gets or refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller

from tests.conditions import eventually
from tests.service import free_address


@dataclass
class Postbox:
    """Listens on a port of its own; every mail it took stands in ``mails``.

    ``refuse`` holds answers by recipient: ``{"a@example.org": "550 Unknown"}``.
    """

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    # Called while the server has a mail and has not said yet that it took it.
    on_data: Any = None
    # What a client calls itself; refused where it is not in full, as relays do.
    names: list[str] = field(default_factory=list)
    wants_full_names: bool = False
    # The answer to every sender, where it is a refusal.
    refuse_sender: str = ""

    @property
    def url(self) -> str:
        """Its address for ``MODERATION_SMTP_URL``."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it answers."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Close the port."""
        self._controller.stop(no_assert=True)

    def to(self, address: str, count: int = 1) -> list[EmailMessage]:
        """The mails to an address, once there are so many of them."""

        def found() -> list[EmailMessage]:
            mails = [mail for mail in self.mails if mail["To"] == address]
            return mails if len(mails) >= count else []

        return eventually(found, within=30, what=f"{count} mails to {address}")

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, name: str, answers: list[str]
    ) -> list[str]:
        """Take a name, or refuse it."""
        refusal = self._refusal_of(name)
        if refusal:
            return [refusal]
        session.host_name = name
        return answers

    async def handle_HELO(
        self, _server: Any, session: Any, _envelope: Any, name: str
    ) -> str:
        """Take a name, or refuse it."""
        session.host_name = name
        return self._refusal_of(name) or "250 OK"

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Answer to the sender."""
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    def _refusal_of(self, name: str) -> str:
        self.names.append(name)
        is_full = "." in name or name.startswith("[")
        return "" if is_full or not self.wants_full_names else "504 5.5.2 Full name"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Answer to one recipient."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep a mail."""
        if self.on_data is not None:
            self.on_data()
        mail = message_from_bytes(envelope.content, policy=WIRE)
        self.mails.append(cast(EmailMessage, mail))
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A mail server that keeps what it gets."""
    box = Postbox(int(free_address().rpartition(":")[2]))
    box.start()
    yield box
    box.stop()


def plain(mail: EmailMessage) -> str:
    """The text part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(mail: EmailMessage) -> str:
    """The HTML part."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
