"""The tables of what readers and authors say about moderation, and are told."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import Column as C

from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.schema.types import Id, Instant, Opaque, metadata

report = Table(
    "report",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    C("comment_id", ForeignKey(comment.c.id), nullable=False),
    C("revision", Integer, nullable=False),
    # Keyed hash of the reader's address; forgotten with those of the comments.
    C("reporter", String(64), nullable=False),
    C("reason", String(32), nullable=False),
    C("text", Text, nullable=False),
    # What the reporter's record made it count, 0 to 1.
    C("weight", Float, nullable=False),
    C("created_at", Instant, nullable=False),
    # Whether the moderators agreed; the journal entry that said so.
    C("agreed", Boolean),
    C("settled_by", BigInteger),
    UniqueConstraint("comment_id", "reporter"),
)
Index("ix_report_reporter", report.c.site_id, report.c.reporter)
# Whose reporter is still known, in the order in which that is forgotten.
HAS_REPORTER = text("reporter <> public_id")
Index(
    "ix_report_traces",
    report.c.created_at,
    sqlite_where=HAS_REPORTER,
    postgresql_where=HAS_REPORTER,
)
Index(
    "ix_report_settled",
    report.c.settled_by,
    sqlite_where=text("settled_by IS NOT NULL"),
    postgresql_where=text("settled_by IS NOT NULL"),
)

appeal = Table(
    "appeal",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    # One time, whatever became of it.
    C("comment_id", ForeignKey(comment.c.id), nullable=False, unique=True),
    C("text", Text, nullable=False),
    # Who rejected the comment: somebody else looks at the appeal.
    C("contested", String(64), nullable=False),
    C("created_at", Instant, nullable=False),
    C("outcome", String(16)),
    C("answer", Text),
    C("settled_by", BigInteger),
)
Index(
    "ix_appeal_settled",
    appeal.c.settled_by,
    sqlite_where=text("settled_by IS NOT NULL"),
    postgresql_where=text("settled_by IS NOT NULL"),
)
