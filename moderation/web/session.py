"""The session of whoever asks, as the cookie knows it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    session,
)

from moderation.accounts import sessions
from moderation.accounts.moderators import Moderator
from moderation.web.services import current_services

TOKEN = "sign_in"  # noqa: S105 – the name of a value in the session


def asking() -> Moderator | None:
    """The moderator who asks, or None for anybody else.

    The browser keeps a random token in the signed session cookie; whose it is, and
    until when, the store knows. A public page never asks, so it has no session.
    """
    token = session.get(TOKEN)
    if token is None:
        return None
    with current_services().database.read() as conn:
        return sessions.whose(conn, token, now=datetime.now(UTC))
