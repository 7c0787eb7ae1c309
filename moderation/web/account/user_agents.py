"""Browsers and systems in words: how people recognise their own sessions."""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import format_datetime

from moderation.accounts.sessions import SignIn
from moderation.web.language import locale, translate

# The first that occurs counts: most browsers also claim to be those further down.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Line:
    """One session, ready to be read."""

    id: str
    browser: str
    network: str
    since: str
    is_this: bool


def line(session: SignIn) -> Line:
    """A session in words."""
    return Line(
        id=session.id,
        browser=in_words(session.browser.user_agent),
        network=session.browser.network or "",
        since=format_datetime(session.since, locale=locale()),
        is_this=session.is_this,
    )


def in_words(user_agent: str) -> str:
    """``Firefox on Linux``, as far as a browser says what it is."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return translate("account.browser_on", browser=browser, system=system)
    return browser or system or translate("account.browser_unknown")
