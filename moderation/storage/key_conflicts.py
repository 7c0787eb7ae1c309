"""Once more with other keys or another connection, where one try says little.

A connection that is read-only may be left over from a failover that is long over; it is
given up (`connections`), and another one shows how the store is now.

Keys of processes that hold a process number do not clash (`process_numbers`). Those of a
process without one may, and so may those of an older version that runs beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from moderation.storage.store_errors import is_read_only

_UNIQUE_VIOLATION = "23505"
_SQLITE_UNIQUE = frozenset({"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"})

Result = TypeVar("Result")
# What was committed within the attempt at hand; None outside of any.
_commits: ContextVar[list[bool] | None] = ContextVar("_commits", default=None)

log = structlog.get_logger(__name__)


def once_again(act: Callable[[], Result]) -> Result:
    """Do it, and once more if a clash of keys or an old connection made it fail.

    Only if nothing was committed before.
    `act` must begin its transactions itself: keys are made within them, and are others
    the second time. A clash of anything else, say of two names, fails twice.
    """
    with _attempt() as commits:
        try:
            return act()
        except DBAPIError as error:
            if commits or not (_is_clash(error) or is_read_only(error.orig)):
                raise
            log.warning("trying_again", error=type(error).__name__)
    return act()


def _is_clash(error: DBAPIError) -> bool:
    """Whether a row was refused because of another one with the same key."""
    return (
        getattr(error.orig, "sqlstate", "") == _UNIQUE_VIOLATION
        or getattr(error.orig, "sqlite_errorname", "") in _SQLITE_UNIQUE
    )


def note_commit() -> None:
    """Called when a transaction is on disk: from now on nothing may be done again."""
    commits = _commits.get()
    if commits is not None:
        commits.append(True)


@contextmanager
def _attempt() -> Iterator[list[bool]]:
    commits: list[bool] = []
    token = _commits.set(commits)
    try:
        yield commits
    finally:
        _commits.reset(token)
