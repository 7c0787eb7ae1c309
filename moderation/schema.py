"""The tables. Integers stay inside; ``public_id`` is what travels. Times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import Column as C
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# SQLite only numbers rows by itself when the key is its own INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")
Document = JSON().with_variant(JSONB(), "postgresql")
Opaque = String(32)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on both stores; SQLite keeps it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse naive times: they would be somebody's local time."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give the zone back."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

site = Table(
    "site",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("key", String(64), nullable=False, unique=True),
    C("name", String(200), nullable=False),
    C("origins", Document, nullable=False),
    C("settings", Document, nullable=False),
    C("settings_version", Integer, nullable=False, default=1),
    C("key_generation", Integer, nullable=False, default=1),
    C("created_at", Instant, nullable=False),
)

thread = Table(
    "thread",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey("site.id"), nullable=False),
    C("identity", String(2048), nullable=False),
    C("url", String(2048), nullable=False),
    C("title", String(500), nullable=False),
    C("is_open", Boolean, nullable=False, default=True),
    C("version", Integer, nullable=False, default=0),
    C("created_at", Instant, nullable=False),
    UniqueConstraint("site_id", "identity"),
)

author = Table(
    "author",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey("site.id"), nullable=False),
    # Keyed hash of the e-mail, or of the name where there is none.
    C("identity", String(64), nullable=False),
    C("name", String(100), nullable=False),
    C("approved", Integer, nullable=False, default=0),
    C("rejected", Integer, nullable=False, default=0),
    C("trusted", Boolean, nullable=False, default=False),
    C("banned", Boolean, nullable=False, default=False),
    C("first_seen", Instant, nullable=False),
    UniqueConstraint("site_id", "identity"),
)

comment = Table(
    "comment",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey("site.id"), nullable=False),
    C("thread_id", ForeignKey("thread.id"), nullable=False),
    C("author_id", ForeignKey("author.id"), nullable=False),
    C("parent_id", ForeignKey("comment.id")),
    C("status", String(16), nullable=False),
    C("revision", Integer, nullable=False, default=1),
    # Of the folded text: finds duplicates and waves of the same words.
    C("text_hash", BigInteger, nullable=False),
    C("claimed_until", Instant),
    C("created_at", Instant, nullable=False),
    # Room on each page for the lease, which then touches no index.
    postgresql_with={"fillfactor": 70},
)
Index(
    "ix_comment_pending",
    comment.c.id,
    sqlite_where=text("status = 'pending'"),
    postgresql_where=text("status = 'pending'"),
)
Index("ix_comment_thread_status", comment.c.thread_id, comment.c.status)
Index("ix_comment_text_hash_site", comment.c.text_hash, comment.c.site_id)
Index("ix_comment_author", comment.c.author_id)

revision = Table(
    "revision",
    metadata,
    C("comment_id", ForeignKey("comment.id"), primary_key=True),
    C("number", Integer, primary_key=True),
    C("text", Text, nullable=False),
    C("html", Text, nullable=False),
    C("name", String(100), nullable=False),
    C("email", String(254), nullable=False),
    C("url", String(2048), nullable=False),
    C("user_agent", String(500), nullable=False),
    C("seconds_on_form", Float),
    # Keyed hash of the address, and its /24 or /48; forgotten after a while.
    C("address_hash", LargeBinary(16)),
    C("network", String(50)),
    C("created_at", Instant, nullable=False),
)

scoring = Table(
    "scoring",
    metadata,
    C("comment_id", ForeignKey("comment.id"), primary_key=True),
    C("revision", Integer, primary_key=True),
    C("model_version", String(64), primary_key=True),
    C("scores", Document, nullable=False),
    C("created_at", Instant, nullable=False),
)

moderator = Table(
    "moderator",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("email", String(254), nullable=False, unique=True),
    C("name", String(100), nullable=False),
    C("password_hash", String(200), nullable=False),
    C("created_at", Instant, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    C("moderator_id", ForeignKey("moderator.id"), primary_key=True),
    C("site_id", ForeignKey("site.id"), primary_key=True),
    C("role", String(16), nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    # SHA-256 of the cookie's token: a stolen table signs nobody in.
    C("token_hash", LargeBinary(32), primary_key=True),
    C("moderator_id", ForeignKey("moderator.id"), nullable=False),
    C("created_at", Instant, nullable=False),
    C("expires_at", Instant, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("act", String(16), nullable=False),
    # "policy:<version>" or "moderator:<public id>".
    C("actor", String(64), nullable=False),
    C("site_id", ForeignKey("site.id")),
    C("detail", Document, nullable=False),
    C("undone_by", ForeignKey("journal.id")),
    C("created_at", Instant, nullable=False),
)
Index("ix_journal_actor", journal.c.actor, journal.c.id)

decision = Table(
    "decision",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("journal_id", ForeignKey("journal.id"), nullable=False),
    C("comment_id", ForeignKey("comment.id"), nullable=False),
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
Index("ix_decision_journal", decision.c.journal_id)

reviewable = Table(
    "reviewable",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey("site.id"), nullable=False),
    C("comment_id", ForeignKey("comment.id"), nullable=False),
    C("kind", String(16), nullable=False),
    # Highest score over its threshold: what the lane "riskiest first" sorts by.
    C("risk", Float, nullable=False),
    C("opened_at", Instant, nullable=False),
    C("claimed_by", ForeignKey("moderator.id")),
    C("claimed_until", Instant),
    C("version", Integer, nullable=False, default=1),
    C("resolved_at", Instant),
    UniqueConstraint("comment_id", "kind"),
)
Index(
    "ix_reviewable_open",
    reviewable.c.site_id,
    reviewable.c.kind,
    reviewable.c.id,
    sqlite_where=text("resolved_at IS NULL"),
    postgresql_where=text("resolved_at IS NULL"),
)

lane_count = Table(
    "lane_count",
    metadata,
    C("site_id", ForeignKey("site.id"), primary_key=True),
    C("kind", String(16), primary_key=True),
    C("waiting", Integer, nullable=False),
)

# The revision that a comment has now: the condition of most joins.
IS_CURRENT = (revision.c.comment_id == comment.c.id) & (
    revision.c.number == comment.c.revision
)
