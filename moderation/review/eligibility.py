"""Who may judge what: appeals, and what checks the quality of decisions.

A second look is what one person decided, put before another who is not told: without
them nobody knows how far moderators agree. They wait among the spot checks, as what the
machine approved does, and a spot check names nobody who decided.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    exists,
    select,
)

from moderation.accounts.memberships import others_decide
from moderation.audit import actors
from moderation.enums import Status
from moderation.ids import sample_fraction
from moderation.schema.accounts import moderator
from moderation.schema.audit import decision, journal
from moderation.schema.feedback import appeal
from moderation.schema.review import reviewable
from moderation.sites.settings import stored_settings


def needs_quality_check(
    conn: Connection, row: Any, seen: Status, public_id: str
) -> bool:
    """Whether a moderator's decision about a comment goes to somebody else as well.

    `row` has the comment's `comment_id` and `site_id` and its site's `settings`. Only what
    was held is drawn: what somebody asked for, in a report or an appeal, is a second look
    already.
    """
    if seen is not Status.HELD:
        return False
    share = stored_settings(row.settings)[0].second_look_share
    if sample_fraction(row.comment_id) >= share:
        return False
    me = select(moderator.c.id).where(moderator.c.public_id == public_id)
    others = select(others_decide(row.site_id, me.scalar_subquery()))
    return bool(conn.execute(others).scalar())


def may_check_quality(moderator_id: int) -> ColumnElement[bool]:
    """Whether a spot check that waits is for this moderator.

    Not where a decision of theirs about the comment stands, unless nobody else may
    decide on the site.
    """
    me = moderator.alias("me")
    mine = exists(
        select(decision.c.id)
        .join(journal, journal.c.id == decision.c.journal_id)
        .where(
            decision.c.comment_id == reviewable.c.comment_id,
            me.c.id == moderator_id,
            actors.is_moderator(decision.c.actor, me),
            decision.c.undoes.is_(None),
            journal.c.undone_by.is_(None),
        )
    )
    return ~mine | ~others_decide(reviewable.c.site_id, moderator_id)


def may_judge_appeal(moderator_id: int) -> ColumnElement[bool]:
    """Whether an appeal that waits is for this moderator to decide.

    Not where they made the decision that is contested, unless nobody else may decide
    on the site.
    """
    me = moderator.alias("me")
    mine = exists(
        select(appeal.c.id).where(
            appeal.c.comment_id == reviewable.c.comment_id,
            me.c.id == moderator_id,
            actors.is_moderator(appeal.c.contested, me),
        )
    )
    return ~mine | ~others_decide(reviewable.c.site_id, moderator_id)


def withheld_appeals(
    conn: Connection, comment_ids: Collection[int], public_id: str
) -> set[int]:
    """The comments whose appeal this moderator must leave to somebody else."""
    me = select(moderator.c.id).where(moderator.c.public_id == public_id)
    rows = conn.execute(
        select(appeal.c.comment_id).where(
            appeal.c.comment_id.in_(comment_ids),
            appeal.c.outcome.is_(None),
            appeal.c.contested == actors.of(public_id),
            others_decide(appeal.c.site_id, me.scalar_subquery()),
        )
    )
    return set(rows.scalars())
