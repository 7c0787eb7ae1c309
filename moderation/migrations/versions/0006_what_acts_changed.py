"""Know what acts changed besides comments; an index less, and one that says more."""

import sqlalchemy as sa
from alembic import op

from moderation.schema import types

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "touch",
        sa.Column("thing", sa.String(length=400), nullable=False),
        sa.Column("journal_id", types.Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["journal.id"], name=op.f("fk_touch_journal_id")
        ),
        sa.PrimaryKeyConstraint("thing", "journal_id", name=op.f("pk_touch")),
    )
    op.drop_index("ix_delivery_comment", "delivery")
    op.drop_index("ix_decision_journal", "decision")
    op.create_index("ix_decision_journal", "decision", ["journal_id", "site_id"])
