"""What can go wrong in the service, by name."""

from __future__ import annotations

import re

from pydantic import ValidationError


class ModerationError(Exception):
    """Base of all errors that the service raises on purpose."""


class BadSetting(ModerationError):
    """A setting has a value that the service cannot start with."""

    @classmethod
    def from_validation(cls, prefix: str, error: ValidationError) -> BadSetting:
        """Name each setting at fault with its value and what is allowed."""
        lines = []
        for item in error.errors():
            name = prefix + "_".join(str(part) for part in item["loc"]).upper()
            reason = item["msg"].removeprefix("Value error, ")
            # What stands before the host may be a password.
            value = re.sub(r"(?<=://).*@", "…@", str(item["input"]))
            lines.append(f"{name}={value!r}: {reason}")
        return cls("; ".join(lines))


class NotReady(ModerationError):
    """Something that must be there first is not: tables in the database, or a model."""


class Refused(ModerationError):
    """A submission was turned away at the door; nothing was stored.

    ``code`` is stable for programs, ``field`` names the form field at fault, and
    ``facts`` fill the sentence of the catalogue that goes with the code.
    """

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts


class NotFound(ModerationError):
    """There is no such thing, or not for the person who asks."""


class StaleDecision(ModerationError):
    """Somebody decided, or the author edited, after the moderator's page was made."""

    def __init__(
        self, *, status: str, reason: str | None, actor: str, seconds_ago: int
    ) -> None:
        super().__init__(f"{status} {seconds_ago} s ago by {actor}")
        self.status = status
        self.reason = reason
        self.actor = actor
        self.seconds_ago = seconds_ago


class StoreBusy(ModerationError):
    """Others wrote to the same rows again and again; later it will work."""


class OwnRejection(ModerationError):
    """Who rejected a comment does not judge the appeal against it."""


class NotUndoable(ModerationError):
    """An act cannot be taken back; the message says why."""


class BadPassword(ModerationError, ValueError):
    """A password that will not do; the message says what one must be."""


class BadWebhook(ModerationError, ValueError):
    """A server that cannot be told anything; the message is a stable code."""


class LastOwner(ModerationError):
    """Nobody would be left who may change how the site works."""


class AlreadyMember(ModerationError):
    """An invitation offers nothing that the person does not have."""


class ProviderError(ModerationError):
    """The OpenID provider did not say who somebody is; the message is a stable code."""
