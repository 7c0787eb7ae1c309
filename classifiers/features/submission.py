"""The fields of a submission that count, read from plain data.

A field that is missing or None is unknown: it is no evidence for or against anything.
"""

from collections.abc import Mapping
from typing import NamedTuple

from classifiers.errors import BadSubmission


class Submission(NamedTuple):
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
    get = fields.get
    text = get("text")
    if not isinstance(text, str):
        raise BadSubmission(f"text must be a string, not {type(text).__name__}")
    return Submission(
        text,
        _string("author", get("author")),
        _string("email", get("email")),
        _string("url", get("url")),
        _truth("honeypot", get("honeypot")),
        _number("seconds_on_form", get("seconds_on_form")),
        _number("times_seen", get("times_seen")),
    )


def _string(key: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise BadSubmission(f"{key} must be a string, not {type(value).__name__}")


def _truth(key: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise BadSubmission(f"{key} must be true or false, not {type(value).__name__}")


def _number(key: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise BadSubmission(f"{key} must be a number, not {type(value).__name__}")
