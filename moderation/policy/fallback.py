"""Comments that the rules could not judge: each is held, with a rule that says so.

A fault in one comment, or in the settings of one site, costs a person a look and nobody
else anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from moderation.decisions.choice import COLUMNS, Choice
from moderation.enums import Status
from moderation.policy.rules import Verdict
from moderation.schema.comments import comment
from moderation.storage.bulk import one_of

# What the decision names as its rule: a fault with this comment, or settings of its
# site that cannot be read.
FAULT, UNREADABLE = "unjudged", "settings_unreadable"
# As for a comment without scores: what failed is seen first.
RISK = 1.0


def verdict(rule: str, **facts: object) -> Verdict:
    """Hold it for a person, whatever else may be said about it."""
    return Verdict(Status.HELD, rule, None, ({"rule": rule, **facts},))


def choices(conn: Connection, ids: Sequence[int]) -> list[Choice]:
    """Hold these pending comments: made from nothing but their rows' keys."""
    rows = conn.execute(
        select(*COLUMNS)
        .where(one_of(conn, comment.c.id, ids), comment.c.status == Status.PENDING)
        .order_by(comment.c.id)
    )
    said = verdict(FAULT)
    return [
        Choice.of(row, said.outcome, rule=said.rule, hits=said.hits, risk=RISK)
        for row in rows
    ]
