"""How the journal names the people who act, and how their names are found again."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement

from moderation.member_schema import moderator

PEOPLE = "moderator:"


def of(public_id: str) -> str:
    """The actor that a moderator is in journal entries and decisions."""
    return PEOPLE + public_id


def is_moderator(actor: Column[str]) -> ColumnElement[bool]:
    """Whether the joined moderator is the one that the column `actor` names."""
    return actor == PEOPLE + moderator.c.public_id
