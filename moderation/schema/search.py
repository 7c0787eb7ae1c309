"""The tables that comments are found by."""

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

from moderation.schema.clusters import cluster
from moderation.schema.comments import comment
from moderation.schema.types import metadata

comment_index = Table(
    "description",
    metadata,
    C("comment_id", ForeignKey(comment.c.id), primary_key=True, autoincrement=False),
    C("revision", Integer, nullable=False),
    # ISO 639-1; empty when there is too little to tell.
    C("language", String(8), nullable=False),
    C("cluster_id", ForeignKey(cluster.c.id)),
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
        comment_index.c[_name],
        comment_index.c.comment_id,
        sqlite_where=text(f"{_name} IS NOT NULL"),
        postgresql_where=text(f"{_name} IS NOT NULL"),
    )
# Where traces of visitors wait to be forgotten, in the order in which they are.
HAS_TRACES = text("(address IS NOT NULL OR network IS NOT NULL)")
Index(
    "ix_description_traces",
    comment_index.c.comment_id,
    sqlite_where=HAS_TRACES,
    postgresql_where=HAS_TRACES,
)
Index(
    "ix_description_cluster",
    comment_index.c.cluster_id,
    comment_index.c.comment_id,
    comment_index.c.site_id,
    sqlite_where=text("cluster_id IS NOT NULL"),
    postgresql_where=text("cluster_id IS NOT NULL"),
)
# Comments whose description is to be made; written with the decision.
index_queue = Table(
    "undescribed",
    metadata,
    C("comment_id", BigInteger, primary_key=True, autoincrement=False),
)
