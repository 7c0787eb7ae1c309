"""The tables of what waits for a person."""

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
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy import Column as C

from moderation.schema.accounts import moderator
from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.schema.types import Id, Instant, Opaque, metadata

reviewable = Table(
    "reviewable",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    C("comment_id", ForeignKey(comment.c.id), nullable=False),
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
# What stands in a lane for its cluster: one at a time, and what has just joined.
IS_TOP = text(
    "resolved_at IS NULL AND cluster_id IS NOT NULL AND NOT reviewable.stacked"
)
_TOP = text("resolved_at IS NULL AND cluster_id IS NOT NULL AND NOT stacked")
Index(
    "ix_reviewable_top",
    reviewable.c.cluster_id,
    reviewable.c.site_id,
    sqlite_where=_TOP,
    postgresql_where=_TOP,
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
    C("site_id", ForeignKey(site.c.id), primary_key=True),
    C("kind", String(16), primary_key=True),
    C("waiting", Integer, nullable=False),
    # Moves whenever anything in the lane changes: open desks ask for it.
    C("version", Integer, nullable=False, server_default="0"),
)
