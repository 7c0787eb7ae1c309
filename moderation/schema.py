"""The tables. Integers stay inside; ``public_id`` is what travels. Times are UTC."""

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

from moderation.columns import Document, Id, Instant, Opaque, metadata
from moderation.member_schema import moderator

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
    # Empty while banned: for good.
    C("banned_until", Instant),
    # When the author proved that mail to the address arrives.
    C("email_confirmed_at", Instant),
    C("first_seen", Instant, nullable=False),
    UniqueConstraint("site_id", "identity"),
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
# The same words on a site lately, and by an author in a thread.
Index(
    "ix_comment_same_words",
    comment.c.text_hash,
    comment.c.site_id,
    comment.c.created_at,
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

journal = Table(
    "journal",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("act", String(16), nullable=False),
    # "policy:<version>" or "moderator:<public id>".
    C("actor", String(64), nullable=False),
    # Empty when the act is of several sites (`journal_site` names them), or of none.
    C("site_id", ForeignKey("site.id")),
    C("detail", Document, nullable=False),
    C("undone_by", ForeignKey("journal.id")),
    C("created_at", Instant, nullable=False),
)
Index("ix_journal_actor", journal.c.actor, journal.c.id)
Index("ix_journal_site", journal.c.site_id, journal.c.id)

journal_site = Table(
    "journal_site",
    metadata,
    C("site_id", ForeignKey("site.id"), primary_key=True),
    C("journal_id", ForeignKey("journal.id"), primary_key=True),
)

decision = Table(
    "decision",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("journal_id", ForeignKey("journal.id"), nullable=False),
    # The comment's, once more: the audit of a site reads decisions in their order.
    C("site_id", BigInteger),
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
    # How close the nearest score is to a threshold, 1 on it: "least sure first".
    C("doubt", Float, nullable=False, server_default="0"),
    C("opened_at", Instant, nullable=False),
    C("claimed_by", ForeignKey(moderator.c.id)),
    C("claimed_until", Instant),
    C("version", Integer, nullable=False, default=1),
    C("resolved_at", Instant),
    # The journal entry that resolved it: taking that back opens it again.
    C("resolved_by", BigInteger),
    # Comments that say the same; the first of them that is open in the lane of a
    # site stands for the others, which are stacked under it.
    C("cluster_id", BigInteger),
    C("stacked", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("comment_id", "kind"),
)
_LISTED = text("resolved_at IS NULL AND NOT stacked")
# One index for each order that a lane can be read in.
for _name, _column in (
    ("open", reviewable.c.id),
    ("risk", reviewable.c.risk),
    ("doubt", reviewable.c.doubt),
):
    Index(
        f"ix_reviewable_{_name}",
        reviewable.c.site_id,
        reviewable.c.kind,
        *dict.fromkeys((_column, reviewable.c.id)),
        sqlite_where=_LISTED,
        postgresql_where=_LISTED,
    )
_OPEN = text("resolved_at IS NULL")
Index(
    "ix_reviewable_comment",
    reviewable.c.site_id,
    reviewable.c.kind,
    reviewable.c.comment_id,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
_ALIKE = text("resolved_at IS NULL AND cluster_id IS NOT NULL")
Index(
    "ix_reviewable_cluster",
    reviewable.c.cluster_id,
    reviewable.c.site_id,
    reviewable.c.kind,
    reviewable.c.id,
    # For the count of what waits in a cluster.
    reviewable.c.comment_id,
    sqlite_where=_ALIKE,
    postgresql_where=_ALIKE,
)
Index(
    "ix_reviewable_resolved_by",
    reviewable.c.resolved_by,
    sqlite_where=text("resolved_by IS NOT NULL"),
    postgresql_where=text("resolved_by IS NOT NULL"),
)
Index(
    "ix_reviewable_claimed",
    reviewable.c.claimed_by,
    sqlite_where=text("claimed_by IS NOT NULL"),
    postgresql_where=text("claimed_by IS NOT NULL"),
)

lane_count = Table(
    "lane_count",
    metadata,
    C("site_id", ForeignKey("site.id"), primary_key=True),
    C("kind", String(16), primary_key=True),
    C("waiting", Integer, nullable=False),
    # Moves whenever anything in the lane changes: open desks ask for it.
    C("version", Integer, nullable=False, server_default="0"),
)

# The revision that a comment has now: the condition of most joins.
IS_CURRENT = (revision.c.comment_id == comment.c.id) & (
    revision.c.number == comment.c.revision
)
