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

from moderation.columns import Id, Instant, Opaque, metadata

report = Table(
    "report",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey("site.id"), nullable=False),
    C("comment_id", ForeignKey("comment.id"), nullable=False),
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
    C("site_id", ForeignKey("site.id"), nullable=False),
    # One time, whatever became of it.
    C("comment_id", ForeignKey("comment.id"), nullable=False, unique=True),
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

# What an author asked to be told, and what is to be sent when its time has come.
wish = Table(
    "wish",
    metadata,
    C("comment_id", ForeignKey("comment.id"), primary_key=True, autoincrement=False),
    C("language", String(8), nullable=False),
    C("created_at", Instant, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("kind", String(16), nullable=False),
    C("comment_id", ForeignKey("comment.id"), nullable=False),
    # Taking this entry back takes the notice back, as long as it has not left.
    C("journal_id", BigInteger),
    # The grace time is added to this by whoever sends.
    C("due_at", Instant, nullable=False),
    C("attempts", Integer, nullable=False, server_default="0"),
    C("claimed_until", Instant),
    # When it was given to the mail server, which may have taken it even where nobody
    # heard the answer: from here on it is not sent again.
    C("handed_at", Instant),
    C("sent_at", Instant),
    C("failed_at", Instant),
)
Index(
    "ix_notice_due",
    notice.c.due_at,
    sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
    postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
)
Index("ix_notice_journal", notice.c.journal_id)
Index("ix_notice_comment", notice.c.comment_id)
