"""The tables of the journal: every act, and every decision."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)
from sqlalchemy import Column as C

from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.schema.types import Document, Id, Instant, Opaque, metadata

journal = Table(
    "journal",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("act", String(16), nullable=False),
    # "policy:<version>" or "moderator:<public id>".
    C("actor", String(64), nullable=False),
    # Empty when the act is of several sites (`journal_site` names them), or of none.
    C("site_id", ForeignKey(site.c.id)),
    C("detail", Document, nullable=False),
    C("undone_by", ForeignKey("journal.id")),
    C("created_at", Instant, nullable=False),
)
Index("ix_journal_actor", journal.c.actor, journal.c.id)
Index("ix_journal_site", journal.c.site_id, journal.c.id)
journal_site = Table(
    "journal_site",
    metadata,
    C("site_id", ForeignKey(site.c.id), primary_key=True),
    C("journal_id", ForeignKey("journal.id"), primary_key=True),
)
decision = Table(
    "decision",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("journal_id", ForeignKey("journal.id"), nullable=False),
    # The comment's, once more: the audit of a site reads decisions in their order.
    C("site_id", BigInteger),
    C("comment_id", ForeignKey(comment.c.id), nullable=False),
    C("revision", Integer, nullable=False),
    C("actor", String(64), nullable=False),
    C("from_status", String(16), nullable=False),
    C("to_status", String(16), nullable=False),
    C("reason", String(32)),
    C("rule", String(64)),
    # What the rule saw, in numbers and words for the moderator's card.
    C("facts", Document, nullable=False),
    C("model_version", String(64)),
    C("undoes", ForeignKey("decision.id")),
    C("created_at", Instant, nullable=False),
)
Index("ix_decision_comment", decision.c.comment_id, decision.c.id)
# With the site, so that what somebody decided there is counted from the index alone.
Index("ix_decision_journal", decision.c.journal_id, decision.c.site_id)
Index("ix_decision_site", decision.c.site_id, decision.c.id)
Index(
    "ix_decision_reason",
    decision.c.site_id,
    decision.c.reason,
    decision.c.comment_id,
    sqlite_where=text("reason IS NOT NULL"),
    postgresql_where=text("reason IS NOT NULL"),
)
# What people decided: the policy's decisions name a rule.
Index(
    "ix_decision_person",
    decision.c.actor,
    decision.c.comment_id,
    sqlite_where=text("rule IS NULL"),
    postgresql_where=text("rule IS NULL"),
)


# What acts changed besides comments: "author:<public id>:banned", "settings:3:mode".
journal_target = Table(
    "touch",
    metadata,
    C("thing", String(400), primary_key=True),
    C("journal_id", ForeignKey("journal.id"), primary_key=True, autoincrement=False),
)
