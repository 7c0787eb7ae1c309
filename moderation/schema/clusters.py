"""The tables that find and group comments by what they say."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    String,
    Table,
)
from sqlalchemy import Column as C

from moderation.schema.audit import journal
from moderation.schema.sites import site
from moderation.schema.types import Id, Instant, Opaque, metadata

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
standing_decision = Table(
    "spread",
    metadata,
    C("cluster_id", ForeignKey("cluster.id"), primary_key=True),
    C("site_id", ForeignKey(site.c.id), primary_key=True),
    C("journal_id", ForeignKey(journal.c.id), nullable=False),
    C("to_status", String(16), nullable=False),
    C("reason", String(32)),
    C("until", Instant, nullable=False),
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
