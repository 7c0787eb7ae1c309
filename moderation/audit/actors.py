"""How the journal names whoever acts, and how people are found again by that name."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, FromClause

from moderation.schema.accounts import moderator

PEOPLE = "moderator:"
# The rules of the service, by their version, and whatever else acts by itself.
POLICY = "policy:"
# Whoever edits a comment of their own, and whoever runs the commands.
AUTHOR, OPERATOR = "author", "operator"


def of(public_id: str) -> str:
    """The actor that a moderator is in journal entries and decisions."""
    return PEOPLE + public_id


def is_moderator(
    actor: Column[str], people: FromClause = moderator
) -> ColumnElement[bool]:
    """Whether the joined moderator is the one that the column `actor` names."""
    return actor == PEOPLE + people.c.public_id


def is_person(actor: str) -> bool:
    """Whether a moderator acted."""
    return actor.startswith(PEOPLE)


def is_policy(actor: str) -> bool:
    """Whether the service acted by itself."""
    return actor.startswith(POLICY)
