"""The mail server: where it is, and a connection that hands one message over."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from moderation.outbound.deadlines import Deadline

# For one mail, from the name of the server to its last answer; shorter than a lease.
EXCHANGE_SECONDS = 30.0
# Plain, encrypted from the first byte on, and encrypted after a word in the clear.
_PORTS = {"smtp": 25, "smtps": 465, "starttls": 587}
# RFC 5321: codes from here on mean that trying again is of no use.
_PERMANENT = 500
_EHLO_NAME = r"(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}|\[[0-9A-Za-z:.]+\]"


class NotSentError(Exception):
    """The mail server did not take a message; `permanent` when it never will."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


@dataclass(frozen=True)
class MailServer:
    """The address of a mail server and what to sign in with."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    # What we call ourselves in EHLO.
    our_name: str = ""

    @classmethod
    def at(cls, url: str, our_name: str = "") -> MailServer:
        """Read ``smtp://``, ``smtps://`` or ``starttls://`` ``user:password@host:port``.

        ValueError says what is wrong with anything else.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            message = (
                "must be smtp://, smtps:// or starttls:// and USER:PASSWORD@HOST:PORT"
            )
            raise ValueError(message)
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            our_name,
        )

    @contextmanager
    def open(self, seconds: float = EXCHANGE_SECONDS) -> Iterator[Session]:
        """A connection for so long; NotSentError when there is none to be had."""
        with Deadline(seconds) as deadline:
            try:
                connection = self._connect(deadline)
            except (OSError, smtplib.SMTPException) as error:
                # A wrong password is the operator's to mend, and no fault of the message.
                raise NotSentError(_named(error, deadline), permanent=False) from error
            try:
                yield Session(connection, deadline)
            finally:
                connection.close()

    def _connect(self, deadline: Deadline) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.scheme == "smtps":
            connection: smtplib.SMTP = _Encrypted(deadline, self, context=context)
        else:
            connection = _Connection(deadline, self)
        if self.scheme == "starttls":
            connection.starttls(context=context)
        if self.user:
            connection.login(self.user, self.password)
        # Who does not like our name refuses all mails, and no fault is with any.
        connection.ehlo_or_helo_if_needed()
        return connection


class _Connection(smtplib.SMTP):
    """The library's, over a connection that ends at the deadline."""

    def __init__(self, deadline: Deadline, to: MailServer, **options: Any) -> None:
        self._deadline = deadline
        # The library would ask the system, and containers have names like 3f2a9c.
        options["local_hostname"] = to.our_name or None
        super().__init__(to.host, to.port, timeout=deadline.left(), **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._deadline.connect(host, port)


class _Encrypted(smtplib.SMTP_SSL, _Connection):
    """The same, encrypted from the first byte on."""

    def __init__(self, deadline: Deadline, to: MailServer, **options: Any) -> None:
        self._deadline = deadline
        options["local_hostname"] = to.our_name or None
        smtplib.SMTP_SSL.__init__(
            self, to.host, to.port, timeout=deadline.left(), **options
        )


@dataclass(frozen=True)
class Session:
    """A connection to the mail server."""

    connection: smtplib.SMTP
    deadline: Deadline

    def send(self, message: EmailMessage, before: Callable[[], bool]) -> bool:
        """Give a message to the server; whether it was wanted until the last moment.

        `before` is asked when the server has agreed to take it and before it gets it.
        NotSentError when it is not sent; permanently so when the answer to the message
        itself was lost, because then it may have arrived.
        """
        _, sender = parseaddr(str(message["From"]))
        _, recipient = parseaddr(str(message["To"]))
        try:
            _check(self.connection.mail(sender))
        except (OSError, smtplib.SMTPException) as error:
            # Nobody may send for this address, or not without a password: all mails.
            raise NotSentError(_named(error, self.deadline), permanent=False) from error
        try:
            _check(self.connection.rcpt(recipient))
        except (OSError, smtplib.SMTPException) as error:
            raise self._not_sent(error) from error
        if not before():
            return False
        try:
            _check(self.connection.data(message.as_bytes(policy=SMTP)))
        except smtplib.SMTPResponseException as error:
            raise self._not_sent(error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError("AnswerLost", permanent=True) from error
        return True

    def _not_sent(self, error: Exception) -> NotSentError:
        return NotSentError(_named(error, self.deadline), permanent=_is_final(error))


def sender(value: str) -> str:
    """An address that mails may come from, with or without a name; else ValueError."""
    _, address = parseaddr(value)
    if value and ("@" not in address or not value.isprintable()):
        raise ValueError("must be like Comments <comments@example.org>")
    return value


def ehlo_name(value: str) -> str:
    """A full name of a host, or an address in brackets, for EHLO; else ValueError."""
    if value and not re.fullmatch(_EHLO_NAME, value):
        raise ValueError("must be a full name such as comments.example.org")
    return value


def ehlo_name_of(host: str) -> str:
    """What a server whose links begin with this host calls itself (RFC 5321, 4.1.3)."""
    try:
        address = ip_address(host)
    except ValueError:
        try:
            return host.encode("idna").decode()
        except UnicodeError:
            return ""
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _check(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, words)


def _is_final(error: Exception) -> bool:
    return isinstance(error, smtplib.SMTPResponseException) and (
        error.smtp_code >= _PERMANENT
    )


def _named(error: Exception, deadline: Deadline) -> str:
    """Without the server's own words: they may repeat an address."""
    if deadline.is_over and not _is_final(error):
        return TimeoutError.__name__
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()
