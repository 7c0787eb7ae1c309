"""Days and moments as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from moderation.search.query_language import Unreadable

_AGO = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_FORMS = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M")


def moment(text: str, now: datetime) -> datetime:
    """The beginning of a year, month, day or minute in UTC, or so long ago: ``3d``."""
    if found := _AGO.fullmatch(text.lower()):
        return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Unreadable("search.bad_moment", value=text)
