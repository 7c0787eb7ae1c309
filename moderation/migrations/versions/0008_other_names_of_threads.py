"""Let a thread be known by other names: what was merged into it, and earlier ones."""

import sqlalchemy as sa
from alembic import op

from moderation.schema import types

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "thread_alias",
        sa.Column("site_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("identity", sa.String(length=2048), nullable=False),
        sa.Column("thread_id", types.Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_thread_alias_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_alias_thread_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "identity", name=op.f("pk_thread_alias")),
    )
    op.create_index("ix_thread_alias_thread", "thread_alias", ["thread_id"])
