"""When what somebody took for a while is free again, whatever the clocks have done.

A lease is a moment until which a row is somebody's. A clock that was wrong for a minute
may have written one of next year; nobody takes a row for longer than its lease is, so a
moment far beyond that says nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam

# For the clocks of two hosts that do not agree.
SKEW = timedelta(minutes=1)


def latest(now: datetime, lease: timedelta) -> datetime:
    """The last moment that a lease can reach which was taken by now."""
    return now + lease + SKEW


def is_free(
    column: ColumnElement[Any], now: datetime, lease: timedelta
) -> ColumnElement[bool]:
    """Whether nobody holds a row: never taken, run out, or taken by a wrong clock."""
    return column.is_(None) | (column < now) | (column > latest(now, lease))


def is_held_when_asked(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether somebody holds a row, for a statement that is made once: see `asked`."""
    return (column > bindparam("now")) & (column <= bindparam("latest"))


def asked(now: datetime, lease: timedelta) -> dict[str, object]:
    """What a statement with `is_held_when_asked` is executed with."""
    return {"now": now, "latest": latest(now, lease)}


def holds(until: datetime | None, now: datetime, lease: timedelta) -> bool:
    """Whether a lease that was read holds."""
    return until is not None and now < until <= latest(now, lease)


def has_come(
    column: ColumnElement[Any], now: datetime, longest: timedelta
) -> ColumnElement[bool]:
    """Whether a moment has come, or lies further ahead than anybody puts one off."""
    return (column <= now) | (column > latest(now, longest))
