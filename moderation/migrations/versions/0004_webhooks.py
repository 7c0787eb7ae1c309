"""Servers of publishers that are told what became of comments."""

import sqlalchemy as sa
from alembic import op

from moderation.schema import types

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "webhook",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column(
            "wants_trial", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("claimed_until", types.Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", types.Instant(), nullable=True),
        sa.Column("paused_until", types.Instant(), nullable=True),
        sa.Column(
            "last_result", sa.String(length=32), server_default="", nullable=False
        ),
        sa.Column("last_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_webhook_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_public_id")),
    )
    op.create_index("ix_webhook_site", "webhook", ["site_id"])
    op.create_table(
        "delivery",
        sa.Column("webhook_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("comment_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("due_at", types.Instant(), nullable=True),
        sa.Column("told_status", sa.String(length=16), nullable=True),
        sa.Column("told_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_delivery_comment_id")
        ),
        sa.PrimaryKeyConstraint("webhook_id", "comment_id", name=op.f("pk_delivery")),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["webhook_id", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_delivery_comment", "delivery", ["comment_id"])
