"""What a notice says as a mail: plain text and HTML, in the author's language.

What visitors wrote is quoted and never interpreted. The mail that asks for a proof of
the address quotes nothing: it goes to people who may never have heard of us, and must
not carry anybody's words to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape

from moderation.enums import Notice
from moderation.i18n import message
from moderation.notifications.outbox import OutgoingEmail
from moderation.notifications.smtp import NotSentError
from moderation.signing import Keyring

QUOTED_MAX = 1_000
# Mail programs know no style sheets of ours. Long words stay inside the window.
_STYLE = "overflow-wrap:anywhere;overflow-x:clip;font-kerning:none"
# Characters that a terminal or a mail program would act upon.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Links:
    """Makes the addresses in mails: each is signed for one purpose."""

    base_url: str
    keyring: Keyring

    def status(self, letter: OutgoingEmail) -> str:
        """Where the comment stands."""
        return (
            f"{self.base_url}/comments/{self.keyring.sign('status', letter.comment_id)}"
        )

    def confirm(self, letter: OutgoingEmail) -> str:
        """Where the author says that the address is theirs."""
        token = self.keyring.sign("confirm", letter.author_id)
        return f"{self.base_url}/notices/confirm/{token}"

    def stop(self, letter: OutgoingEmail) -> str:
        """Where the author ends all mails."""
        token = self.keyring.sign("stop", letter.author_id)
        return f"{self.base_url}/notices/stop/{token}"


@dataclass(frozen=True)
class _Part:
    text: str
    # Quoted words of a person, or the address that the text is a link to.
    quote: bool = False
    link: str = ""


def compose(
    letter: OutgoingEmail, links: Links, *, sender: str, now: datetime
) -> EmailMessage:
    """The mail for a notice; NotSentError, permanently, for an address without ASCII."""

    def say(code: str, **facts: object) -> str:
        return message(f"notice.{code}", locale=letter.language, **facts)

    site = _one_line(letter.site_name)
    parts = (
        _question(letter, links, site)
        if letter.kind is Notice.CONFIRM
        else _news(letter, links, site)
    )
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = _ascii(letter.email)
    mail["Subject"] = say(f"{letter.kind}_subject", site=site)
    mail["Date"] = format_datetime(now)
    # The same for every attempt, so that whoever gets it twice sees it once.
    _, address = parseaddr(sender)
    mail["Message-ID"] = f"<notice-{letter.id:x}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    # RFC 8058: one click in the mail program, without a visit to the page.
    mail["List-Unsubscribe"] = f"<{links.stop(letter)}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_plain(parts))
    mail.add_alternative(_html(parts, letter.language), subtype="html")
    return mail


def _question(letter: OutgoingEmail, links: Links, site: str) -> list[_Part]:
    def say(code: str, **facts: object) -> str:
        return message(f"notice.{code}", locale=letter.language, **facts)

    return [
        _Part(say("confirm", site=site)),
        _Part(say("confirm_link"), link=links.confirm(letter)),
        _Part(say("confirm_not_me")),
        _Part(say("stop"), link=links.stop(letter)),
    ]


def _news(letter: OutgoingEmail, links: Links, site: str) -> list[_Part]:
    def say(code: str, **facts: object) -> str:
        return message(code, locale=letter.language, **facts)

    parts = [_Part(say("notice.hello", name=_one_line(letter.name)))]
    title = _one_line(letter.thread_title) or letter.thread_url
    parts.append(_Part(say(f"notice.{letter.kind}", site=site, title=title)))
    if letter.kind in (Notice.REJECTED, Notice.UPHELD) and letter.reason:
        reason = say(f"reason.{letter.reason}")
        parts.append(_Part(say("status.rejected_reason", reason=reason)))
    if letter.answer and letter.kind in (Notice.UPHELD, Notice.OVERTURNED):
        parts += [_Part(say("notice.answer")), _Part(letter.answer, quote=True)]
    parts += [_Part(say("notice.wrote")), _Part(letter.text, quote=True)]
    more = "notice.appeal" if letter.kind is Notice.REJECTED else "notice.more"
    parts.append(_Part(say(more), link=links.status(letter)))
    parts.append(_Part(say("notice.stop"), link=links.stop(letter)))
    return parts


def _plain(parts: Sequence[_Part]) -> str:
    lines = []
    for part in parts:
        if part.quote:
            quoted = _quoted(part.text).splitlines() or [""]
            lines.append("\n".join(f"> {line}" for line in quoted))
        elif part.link:
            lines.append(f"{part.text}\n{part.link}")
        else:
            lines.append(part.text)
    return "\n\n".join(lines) + "\n"


def _html(parts: Sequence[_Part], language: str) -> str:
    body = []
    for part in parts:
        if part.quote:
            lines = "<br>".join(escape(x) for x in _quoted(part.text).splitlines())
            body.append(f'<blockquote dir="auto">{lines}</blockquote>')
        elif part.link:
            link = f'<a href="{escape(part.link)}">{escape(part.text)}</a>'
            body.append(f"<p>{link}</p>")
        else:
            body.append(f'<p dir="auto">{escape(part.text)}</p>')
    head = '<meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head>{head}</head>\n'
        f'<body><div style="{_STYLE}">\n{chr(10).join(body)}\n</div></body></html>\n'
    )


def _quoted(text: str) -> str:
    """A person's words, cut and without what a program would act upon."""
    cut = text if len(text) <= QUOTED_MAX else text[:QUOTED_MAX] + " …"
    return _CONTROL.sub("\ufffd", cut)


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", " ".join(text.split()))


def _ascii(address: str) -> str:
    """The address with its domain as mail servers spell it."""
    local, _, domain = address.rpartition("@")
    try:
        known = f"{local}@{domain.encode('idna').decode()}"
        known.encode("ascii")
    except UnicodeError:
        raise NotSentError("AddressNotAscii", permanent=True) from None
    return known
