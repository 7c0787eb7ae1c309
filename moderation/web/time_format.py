"""How long ago something was, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel.dates import format_timedelta

from moderation.web.language import locale


def age(now: datetime, then: datetime) -> str:
    """How long ago, in the largest unit that fits: ``4 minutes``."""
    return format_timedelta(now - then, locale=locale(), threshold=0.95)


def ago(now: datetime, then: datetime) -> str:
    """The same in a sentence: ``4 minutes ago``."""
    # Nothing at all would be in the future: "in 0 seconds".
    passed = max(now - then, timedelta(seconds=1))
    return format_timedelta(
        -passed, locale=locale(), threshold=0.95, add_direction=True
    )
