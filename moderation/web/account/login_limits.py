"""How often somebody may try to get in, by address, by account and by browser.

An account is never shut: whoever guesses is slowed down, and a browser that got in
before has a count of its own, so that strangers cannot keep its owner out.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from babel.dates import format_timedelta
from flask import request
from werkzeug.wrappers import Response

from moderation.accounts import moderators
from moderation.accounts.moderators import Moderator
from moderation.ip_addresses import visitor_of
from moderation.web.language import locale, translate
from moderation.web.services import current_services

# Every page that asks for a password or a code has to know the browser: the login, the
# account, the invitation.
COOKIE, PATH = "known", "/"
_YEAR_SECONDS = 365 * 24 * 3600


def address_may_try() -> bool:
    """Count an attempt from this address; whether it is not one too many."""
    desk = current_services()
    visitor = desk.keyring.address(visitor_of(request.remote_addr or "")).hex()
    limit = desk.settings.rate_limit_login
    return not desk.rates.seconds_to_wait(limit, "login", visitor)


def seconds_for_account(email: str) -> int:
    """Count an attempt with this e-mail, known or not; how long to wait, or 0."""
    desk = current_services()
    limit = desk.settings.rate_limit_account
    return desk.rates.seconds_to_wait(limit, "account", *_account(email))


def forget_account(email: str) -> None:
    """The password was right: the attempts before were typing errors."""
    desk = current_services()
    desk.rates.forget(desk.settings.rate_limit_account, "account", *_account(email))


def seconds_for_code(moderator: Moderator) -> int:
    """Count a code that somebody tries; how long to wait, or 0."""
    desk, place = current_services(), _browser_of(moderator)
    limit = desk.settings.rate_limit_account
    return desk.rates.seconds_to_wait(limit, "code", moderator.public_id, *place)


def forget_code(moderator: Moderator) -> None:
    """The code was right."""
    desk, place = current_services(), _browser_of(moderator)
    limit = desk.settings.rate_limit_account
    desk.rates.forget(limit, "code", moderator.public_id, *place)


def wait(seconds: int) -> str:
    """The sentence that says how long, in the largest unit that fits."""
    time = format_timedelta(timedelta(seconds=seconds), locale=locale(), threshold=1)
    return translate("login.wait", time=time)


def remember_browser(answer: Response, moderator: Moderator) -> None:
    """Have the browser prove next time that it got in before."""
    desk = current_services()
    value = f"{moderator.public_id}:{secrets.token_hex(8)}"
    answer.set_cookie(
        COOKIE,
        desk.keyring.sign(COOKIE, value),
        max_age=_YEAR_SECONDS,
        path=PATH,
        secure=desk.settings.base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def _account(email: str) -> tuple[str, ...]:
    """What counts as one place to guess from: the account, or a browser it knows."""
    desk = current_services()
    digest = desk.keyring.digest("account", email.strip().casefold()).hex()
    with desk.database.read() as conn:
        moderator = moderators.find(conn, email)
    return (digest, *(_browser_of(moderator) if moderator else ()))


def _browser_of(moderator: Moderator) -> tuple[str, ...]:
    """The browser, if it is one that the moderator got in with before."""
    token = request.cookies.get(COOKIE, "")
    known = current_services().keyring.unsign(COOKIE, token) or ""
    public_id, _, _ = known.partition(":")
    return (known,) if public_id == moderator.public_id else ()
