"""Keep what the classifiers were told besides the text; find the same words by time."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply."""
    op.add_column("revision", sa.Column("website_offered", sa.Boolean()))
    op.add_column("scoring", sa.Column("times_seen", sa.Integer()))
    op.create_index(
        "ix_comment_same_words", "comment", ["text_hash", "site_id", "created_at"]
    )
    op.drop_index("ix_comment_text_hash_site", "comment")
