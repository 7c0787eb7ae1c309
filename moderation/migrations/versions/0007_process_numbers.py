"""Know which process makes keys under which number."""

import sqlalchemy as sa
from alembic import op

from moderation.schema import types

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "process_number",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", types.Opaque, nullable=False),
        sa.Column("held_until", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_process_number")),
    )
