"""The tables of what authors asked to be told, and are."""

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
from moderation.schema.types import Id, Instant, metadata

# What an author asked to be told, and what is to be sent when its time has come.
notice_request = Table(
    "wish",
    metadata,
    C("comment_id", ForeignKey(comment.c.id), primary_key=True, autoincrement=False),
    C("language", String(8), nullable=False),
    C("created_at", Instant, nullable=False),
)
notice = Table(
    "notice",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("kind", String(16), nullable=False),
    C("comment_id", ForeignKey(comment.c.id), nullable=False),
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
