"""What a store's error means: away, full, read-only, busy; or a fault of the statement.

Decided by the codes that stores define (SQLSTATE, SQLite's result codes) and not by the
classes of a driver: psycopg files a read-only server under internal errors, and a value
too long for an index under operational ones.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

# Lost connections, aborted by another transaction, no resources, operator's
# intervention, errors of the system; then a read-only transaction, a lock timeout.
_CLASSES = ("08", "40", "53", "57", "58")
_READ_ONLY, _LOCKED, _NO_TABLE = "25006", "55P03", "42P01"
_SQLITE = (
    *("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"),
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_NOMEM"),
    *("SQLITE_CORRUPT", "SQLITE_NOTADB"),
)
FULL, SILENT = "the disk is full", "does not answer"
_REASONS = (
    (("53100", "SQLITE_FULL"), FULL),
    ((_READ_ONLY, "SQLITE_READONLY"), "it is read-only"),
    ((_NO_TABLE,), "lacks tables: run `moderation migrate`"),
    (("53300", "53400"), "it takes no more connections"),
    ((_LOCKED, "57014", "SQLITE_BUSY", "SQLITE_LOCKED"), "it is locked or too slow"),
    (("SQLITE_IOERR",), "its disk fails or is full"),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), "its file is damaged"),
)

# What every caller catches before asking `is_unavailable`.
StoreError = (DBAPIError, NoConnectionLeft)


def is_unavailable(error: BaseException) -> bool:
    """Whether the same would work at another time, or with the store put right."""
    if isinstance(error, NoConnectionLeft):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = _code(error)
    if not code:
        return isinstance(error, OperationalError | InterfaceError)
    return (
        error.connection_invalidated
        or code in (_READ_ONLY, _LOCKED, _NO_TABLE)
        or code.startswith(_SQLITE if code.startswith("SQLITE") else _CLASSES)
    )


def is_locked(error: BaseException) -> bool:
    """Whether somebody else kept a lock for longer than one waits for it."""
    return _code(error).startswith((_LOCKED, "SQLITE_BUSY", "SQLITE_LOCKED"))


def is_read_only(error: BaseException | None) -> bool:
    """Whether a driver's error says that its connection may not write any more."""
    return getattr(error, "sqlstate", None) == _READ_ONLY


def reason(error: BaseException) -> str:
    """What is the matter, for operators; never the store's own words."""
    code = _code(error)
    for codes, words in _REASONS:
        if code.startswith(codes):
            return words
    return f"{SILENT} ({type(error).__name__})"


def _code(error: BaseException) -> str:
    cause = getattr(error, "orig", None)
    # SQLite has no code of its own for what a migration will mend.
    if str(cause).startswith("no such table"):
        return _NO_TABLE
    return (
        getattr(cause, "sqlstate", None)
        or getattr(cause, "sqlite_errorname", None)
        or ""
    )
