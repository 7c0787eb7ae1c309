"""The tables of comments: integers stay inside; ``public_id`` is what travels."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy import Column as C

from moderation.schema.sites import site
from moderation.schema.types import Document, Id, Instant, Opaque, metadata

thread = Table(
    "thread",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    C("identity", String(2048), nullable=False),
    C("url", String(2048), nullable=False),
    C("title", String(500), nullable=False),
    C("is_open", Boolean, nullable=False, default=True),
    C("version", Integer, nullable=False, default=0),
    C("created_at", Instant, nullable=False),
    UniqueConstraint("site_id", "identity"),
)


# Other names of a page, under which its thread was known or merged into this one.
thread_alias = Table(
    "thread_alias",
    metadata,
    C("site_id", ForeignKey(site.c.id), primary_key=True, autoincrement=False),
    C("identity", String(2048), primary_key=True),
    C("thread_id", ForeignKey("thread.id"), nullable=False),
)
Index("ix_thread_alias_thread", thread_alias.c.thread_id)

author = Table(
    "author",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    # Keyed hash of the e-mail, or of name and network where there is none.
    C("identity", String(64), nullable=False),
    # Whether a network is in it, which is forgotten after a while.
    C("by_network", Boolean, nullable=False, default=False, server_default=false()),
    C("name", String(100), nullable=False),
    C("approved", Integer, nullable=False, default=0),
    C("rejected", Integer, nullable=False, default=0),
    C("trusted", Boolean, nullable=False, default=False),
    C("banned", Boolean, nullable=False, default=False),
    # Empty while banned: for good.
    C("banned_until", Instant),
    # When the author proved that mail to the address arrives.
    C("email_confirmed_at", Instant),
    C("first_seen", Instant, nullable=False),
    UniqueConstraint("site_id", "identity"),
)
Index(
    "ix_author_by_network",
    author.c.first_seen,
    sqlite_where=text("by_network"),
    postgresql_where=text("by_network"),
)
Index(
    "ix_author_marked",
    author.c.site_id,
    author.c.id,
    sqlite_where=text("trusted OR banned"),
    postgresql_where=text("trusted OR banned"),
)

comment = Table(
    "comment",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
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
# The same words on a site lately.
Index(
    "ix_comment_same_words",
    comment.c.text_hash,
    comment.c.site_id,
    comment.c.created_at,
)
# Whether somebody says the same again in a thread: what was deleted does not count.
IS_SAID = text("comment.status <> 'deleted'")
Index(
    "ix_comment_said",
    comment.c.author_id,
    comment.c.text_hash,
    comment.c.thread_id,
    comment.c.id,
    sqlite_where=text("status <> 'deleted'"),
    postgresql_where=text("status <> 'deleted'"),
)
Index("ix_comment_author", comment.c.author_id, comment.c.id)
# Searches without words: the newest of a site, of one status or of each in turn.
Index("ix_comment_site", comment.c.site_id, comment.c.status, comment.c.id)

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
    # Whether the form asked for a website; NULL where nobody knows.
    C("website_offered", Boolean),
    # Keyed hash of the address, and its /24 or /48; forgotten after a while.
    C("address_hash", LargeBinary(16)),
    C("network", String(50)),
    C("created_at", Instant, nullable=False),
)
# Where addresses wait to be forgotten, in the order in which they are.
HAS_TRACES = text("(address_hash IS NOT NULL OR network IS NOT NULL)")
Index(
    "ix_revision_traces",
    revision.c.created_at,
    sqlite_where=HAS_TRACES,
    postgresql_where=HAS_TRACES,
)

scoring = Table(
    "scoring",
    metadata,
    C("comment_id", ForeignKey("comment.id"), primary_key=True),
    C("revision", Integer, primary_key=True),
    C("model_version", String(64), primary_key=True),
    C("scores", Document, nullable=False),
    # How often the same words had come to the site lately when it was scored.
    C("times_seen", Integer),
    C("created_at", Instant, nullable=False),
)


# The revision that a comment has now: the condition of most joins.
IS_CURRENT = (revision.c.comment_id == comment.c.id) & (
    revision.c.number == comment.c.revision
)
