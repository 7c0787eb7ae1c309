"""One JSON line per unit of work on stderr, and nothing private in it."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Facts that are never written, whoever hands them in by mistake.
PRIVATE = frozenset(
    {
        *("text", "html", "body", "name", "email", "url", "user_agent"),
        *("address", "ip", "remote_addr", "password", "token"),
    }
)
WITHHELD = "[withheld]"
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.\w+")
_ADDRESS = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}", re.I
)
# Libraries that would write one line per job or connection.
_CHATTY = ("rq", "alembic", "sqlalchemy", "urllib3", "filelock")


def configure(level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON lines.

    `level` is debug, info, warning or error. Lines of libraries pass through a
    filter that takes out network addresses and e-mail addresses.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_shared(), structlog.processors.JSONRenderer(default=str)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(library_formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def library_formatter() -> logging.Formatter:
    """Lines of libraries in the same form as ours, without addresses."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.add_logger_name, _scrub],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(default=str),
        ],
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_messages,
        _without_private_facts,
    ]


def _without_private_facts(
    _logger: WrappedLogger, _method: str, event: EventDict
) -> MutableMapping[str, Any]:
    for key in PRIVATE & event.keys():
        event[key] = WITHHELD
    return event


def _scrub(
    _logger: WrappedLogger, _method: str, event: EventDict
) -> MutableMapping[str, Any]:
    message = _EMAIL.sub(WITHHELD, str(event["event"]))
    event["event"] = _ADDRESS.sub(WITHHELD, message)
    return event


def _without_messages(
    _logger: WrappedLogger, _method: str, event: EventDict
) -> MutableMapping[str, Any]:
    """Replace an exception by its type and where it passed.

    The message stays out: a database or a parser may quote what a visitor typed.
    """
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    elif isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[1] is not None:
        event["error"] = _names(info[1])
        event["at"] = _places(info[2])
    return event


def _names(error: BaseException) -> list[str]:
    names = []
    link: BaseException | None = error
    while link is not None:
        names.append(f"{type(link).__module__}.{type(link).__qualname__}")
        link = link.__cause__ or link.__context__
    return names


def _places(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
