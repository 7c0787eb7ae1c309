"""Say of an author that a network is in the identity, so that it can be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "author",
        sa.Column(
            "by_network", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )
    op.create_index(
        "ix_author_by_network",
        "author",
        ["first_seen"],
        sqlite_where=sa.text("by_network"),
        postgresql_where=sa.text("by_network"),
    )
