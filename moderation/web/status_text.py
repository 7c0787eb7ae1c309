"""A status in words, with the reason where there is one."""

from __future__ import annotations

from moderation.web.language import translate


def decided(status: str, reason: str | None) -> str:
    """How a comment was decided, to stand by itself: `rejected: Spam`."""
    word = translate(f"decided.{status}")
    return f"{word}: {translate(f'reason_short.{reason}')}" if reason else word


def decided_as(status: str, reason: str | None) -> str:
    """The same inside of a sentence: `rejected as spam`."""
    word = translate(f"decided.{status}")
    if not reason:
        return word
    return translate(
        "decided.with_reason", status=word, reason=translate(f"reason_short.{reason}")
    )
