"""Once more after a clash of keys: what was asked for is done with other keys.

Keys of processes that hold a process number do not clash (`process_numbers`). Those of a
process without one may, and so may those of an older version that runs beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import structlog
from sqlalchemy.exc import IntegrityError

_UNIQUE_VIOLATION = "23505"
_SQLITE_UNIQUE = frozenset({"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"})

Result = TypeVar("Result")
# What was committed within the attempt at hand; None outside of any.
_commits: ContextVar[list[bool] | None] = ContextVar("_commits", default=None)

log = structlog.get_logger(__name__)


def once_again(act: Callable[[], Result]) -> Result:
    """Do it, and once more if it fails at a clash of keys before anything is committed.

    `act` must begin its transactions itself: keys are made within them, and are others
    the second time. A clash of anything else, say of two names, fails twice.
    """
    with _attempt() as commits:
        try:
            return act()
        except IntegrityError as error:
            if commits or not is_clash(error):
                raise
    log.warning("keys_clashed")
    return act()


def is_clash(error: IntegrityError) -> bool:
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
