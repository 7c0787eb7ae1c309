"""Send what authors asked to be told, one mail after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from moderation import metrics
from moderation.notifications import messages, outbox
from moderation.notifications.messages import Links
from moderation.notifications.outbox import OutgoingEmail
from moderation.notifications.smtp import NotSentError, Session
from moderation.signing import Keyring
from workers.budgets import Budget
from workers.runtime import Runtime

log = structlog.get_logger(__name__)


def deliver(runtime: Runtime, budget: Budget) -> int:
    """Send the notices whose grace time is over; how many were sent.

    Nothing is sent where no mail server is set. When the server is away, what is left
    keeps its place, and only the notice at hand waits longer. What is left when the time
    of the job is used up is for the next one.
    """
    if not runtime.settings.smtp_url:
        return 0
    server, sent = runtime.settings.mail_server, 0
    while not budget.is_used and (letter := _next(runtime)):
        try:
            with server.open(budget.exchange_seconds) as session:
                sent += _send(runtime, session, letter)
        except NotSentError as error:
            _miss(runtime, letter, error)
            if not error.permanent:
                break
    return sent


def is_due(runtime: Runtime) -> bool:
    """Whether there is anything to send, and a server to send it with."""
    if not runtime.settings.smtp_url:
        return False
    with runtime.database.read() as conn:
        return outbox.is_due(conn, grace=_grace(runtime), now=datetime.now(UTC))


def _grace(runtime: Runtime) -> timedelta:
    return timedelta(seconds=runtime.settings.grace_seconds)


def _next(runtime: Runtime) -> OutgoingEmail | None:
    with runtime.database.write() as conn:
        return outbox.claim(conn, grace=_grace(runtime), now=datetime.now(UTC))


def _send(runtime: Runtime, session: Session, letter: OutgoingEmail) -> bool:
    """Whether it left; it did not when the act that it tells of was taken back."""
    settings, database = runtime.settings, runtime.database
    links = Links(settings.base_url, Keyring(settings.secret_key))
    now = datetime.now(UTC)
    mail = messages.compose(letter, links, sender=settings.mail_sender, now=now)

    def hand_over() -> bool:
        with database.write() as conn:
            return outbox.hand_over(conn, letter.id, datetime.now(UTC))

    if not session.send(mail, before=hand_over):
        return False
    with database.write() as conn:
        outbox.settle(conn, letter.id, datetime.now(UTC))
    metrics.NOTICES.labels(letter.kind.value, "sent").inc()
    log.info("notice_sent", notice=letter.id, kind=letter.kind.value)
    return True


def _miss(runtime: Runtime, letter: OutgoingEmail, error: NotSentError) -> None:
    """Put a notice off, or give it up where everybody can see it."""
    now = datetime.now(UTC)
    with runtime.database.write() as conn:
        if error.permanent:
            outbox.give_up(conn, letter.id, now)
        given_up = error.permanent or not outbox.put_off(conn, letter, now)
    outcome = "given_up" if given_up else "put_off"
    metrics.NOTICES.labels(letter.kind.value, outcome).inc()
    say = log.error if given_up else log.warning
    say("notice_missed", notice=letter.id, outcome=outcome, error=str(error))
