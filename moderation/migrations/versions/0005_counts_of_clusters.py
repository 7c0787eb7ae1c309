"""Count the comments of a cluster from an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_SITES = """
UPDATE description SET site_id = (
  SELECT site_id FROM comment WHERE comment.id = description.comment_id
)
"""


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("description", schema=None) as batch_op:
        batch_op.drop_index("ix_description_cluster")
        batch_op.add_column(sa.Column("site_id", sa.BigInteger(), nullable=True))
    op.execute(_SITES)
    with op.batch_alter_table("description", schema=None) as batch_op:
        batch_op.create_index(
            "ix_description_cluster",
            ["cluster_id", "comment_id", "site_id"],
            unique=False,
            sqlite_where=sa.text("cluster_id IS NOT NULL"),
            postgresql_where=sa.text("cluster_id IS NOT NULL"),
        )
    alike = sa.text("resolved_at IS NULL AND cluster_id IS NOT NULL")
    with op.batch_alter_table("reviewable", schema=None) as batch_op:
        batch_op.drop_index("ix_reviewable_cluster")
        batch_op.create_index(
            "ix_reviewable_cluster",
            ["cluster_id", "site_id", "kind", "id", "comment_id"],
            unique=False,
            sqlite_where=alike,
            postgresql_where=alike,
        )
