"""The tables that find and group comments by what they say."""

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

from moderation.columns import Id, Instant, Opaque, metadata

# What comments say, as far as finding and grouping them goes. Made after the decision,
# outside of its transaction.
cluster = Table(
    "cluster",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("created_at", Instant, nullable=False),
)

# Until when a moderator's choice for a cluster holds for what arrives on the site.
spread = Table(
    "spread",
    metadata,
    C("cluster_id", ForeignKey("cluster.id"), primary_key=True),
    C("site_id", ForeignKey("site.id"), primary_key=True),
    C("journal_id", ForeignKey("journal.id"), nullable=False),
    C("to_status", String(16), nullable=False),
    C("reason", String(32)),
    C("until", Instant, nullable=False),
)

description = Table(
    "description",
    metadata,
    C("comment_id", ForeignKey("comment.id"), primary_key=True, autoincrement=False),
    C("revision", Integer, nullable=False),
    # ISO 639-1; empty when there is too little to tell.
    C("language", String(8), nullable=False),
    C("cluster_id", ForeignKey("cluster.id")),
    # Keyed hash of the sender's address in hex, and its /24 or /48: to search by,
    # forgotten with those of the revision.
    C("address", String(32)),
    C("network", String(50)),
    # The comment's, once more: of a cluster each site is counted in the index alone.
    C("site_id", BigInteger),
)
for _name in ("address", "network"):
    Index(
        f"ix_description_{_name}",
        description.c[_name],
        description.c.comment_id,
        sqlite_where=text(f"{_name} IS NOT NULL"),
        postgresql_where=text(f"{_name} IS NOT NULL"),
    )
Index(
    "ix_description_cluster",
    description.c.cluster_id,
    description.c.comment_id,
    description.c.site_id,
    sqlite_where=text("cluster_id IS NOT NULL"),
    postgresql_where=text("cluster_id IS NOT NULL"),
)

# Bands of MinHash signatures: comments that share one may be alike. Of a cluster only
# the first comment has them here; those of an edited one stay and lead nowhere.
band = Table(
    "band",
    metadata,
    C("hash", BigInteger, primary_key=True, autoincrement=False),
    C("comment_id", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Comments whose description is to be made; written with the decision.
undescribed = Table(
    "undescribed",
    metadata,
    C("comment_id", BigInteger, primary_key=True, autoincrement=False),
)
