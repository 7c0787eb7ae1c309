"""One JSON line per unit of work on stderr, and nothing private in it."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from copy import copy
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
# Where a library begins to quote: a traceback ends in an error's message, and stores
# repeat statements, parameters and the values of a row.
_QUOTES = re.compile(
    r"Traceback \(most recent call last\)|\[SQL|\[parameters|\b(?:DETAIL|CONTEXT): "
    r"|Key \(|Failing row|\(Background on this error"
)
# Libraries that would write one line per job or connection.
_CHATTY = ("rq", "alembic", "sqlalchemy", "urllib3", "filelock")


def configure(level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON lines.

    `level` is debug, info, warning or error. Lines of libraries pass through a
    filter that takes out network addresses, e-mail addresses and whatever they quote;
    warnings, and errors that nobody caught in any thread, take the same way.
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
    logging.captureWarnings(True)
    sys.excepthook = write_crash
    threading.excepthook = _write_crash_of_thread
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def library_formatter() -> logging.Formatter:
    """Lines of libraries in the same form as ours, without addresses."""
    return _LibraryFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.add_logger_name, _scrub],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(default=str),
        ],
    )


class _LibraryFormatter(structlog.stdlib.ProcessorFormatter):
    """Names errors that a library puts into a line, instead of quoting them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; the record itself is left as it is for other handlers."""
        named = copy(record)
        named.msg = _named(record.msg)
        if isinstance(record.args, tuple):
            named.args = tuple(_named(each) for each in record.args)
        elif record.args:
            named.args = {key: _named(each) for key, each in record.args.items()}
        # What another handler made of the exception would be quoted as it is.
        named.exc_text = named.stack_info = None
        return super().format(named)


def _named(value: Any) -> Any:
    return _names(value)[0] if isinstance(value, BaseException) else value


def write_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write what ended a process by its types and its path, like any other error.

    Needs no `configure`: Python itself would print the message, which may quote.
    """
    facts = {"event": "crashed", "level": "critical", "error": _names(error)}
    print(json.dumps(facts | {"at": _places(trace)}), file=sys.stderr, flush=True)


def _write_crash_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        write_crash(args.exc_type, args.exc_value, args.exc_traceback)


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
    message = str(event["event"])
    if quoted := _QUOTES.search(message):
        message = f"{message[: quoted.start()].rstrip()} {WITHHELD}"
    message = _EMAIL.sub(WITHHELD, message)
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
