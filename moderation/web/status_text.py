"""A status in words, with the reason where there is one."""

from __future__ import annotations

from moderation.web.language import say


def decided(status: str, reason: str | None) -> str:
    """How a comment was decided, to stand by itself: `rejected: Spam`."""
    word = say(f"decided.{status}")
    return f"{word}: {say(f'reason_short.{reason}')}" if reason else word


def decided_as(status: str, reason: str | None) -> str:
    """The same inside of a sentence: `rejected as spam`."""
    word = say(f"decided.{status}")
    if not reason:
        return word
    return say("decided.with_reason", status=word, reason=say(f"reason_short.{reason}"))
