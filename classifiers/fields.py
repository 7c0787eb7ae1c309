"""The fields of a submission that count, read from plain data.

A field that is missing or None is unknown: it is no evidence for or against anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from classifiers.errors import BadSubmission

_HOST_ENDS = re.compile(r"[/?#:\\]")


@dataclass(frozen=True, slots=True)
class Submission:
    """The fields of a comment that count, with None for what is unknown."""

    text: str
    author: str | None = None
    email: str | None = None
    url: str | None = None
    honeypot: bool | None = None
    seconds_on_form: float | None = None
    times_seen: float | None = None


def read(fields: Mapping[str, object]) -> Submission:
    """Return the fields that count; raise BadSubmission for a missing text or a wrong type."""
    text = fields.get("text")
    if not isinstance(text, str):
        raise BadSubmission(f"text must be a string, not {type(text).__name__}")
    return Submission(
        text,
        _string(fields, "author"),
        _string(fields, "email"),
        _string(fields, "url"),
        _truth(fields, "honeypot"),
        _number(fields, "seconds_on_form"),
        _number(fields, "times_seen"),
    )


def _string(fields: Mapping[str, object], key: str) -> str | None:
    value = fields.get(key)
    if value is None or isinstance(value, str):
        return value
    raise BadSubmission(f"{key} must be a string, not {type(value).__name__}")


def _truth(fields: Mapping[str, object], key: str) -> bool | None:
    value = fields.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise BadSubmission(f"{key} must be true or false, not {type(value).__name__}")


def _number(fields: Mapping[str, object], key: str) -> float | None:
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise BadSubmission(f"{key} must be a number, not {type(value).__name__}")


def host_of(url: str) -> str:
    """Return the lower-case host of an address as people type it, without "www."."""
    rest = url.strip().lower()
    rest = rest.split("://", 1)[-1].lstrip("/")
    host = _HOST_ENDS.split(rest, maxsplit=1)[0]
    return host.removeprefix("www.")
