"""What readers and authors say, and how people join the desk."""

import sqlalchemy as sa
from alembic import op

from moderation.schema import types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "invitation",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("invited_by", types.Id, nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("used_by", types.Id, nullable=True),
        sa.Column("used_at", types.Instant(), nullable=True),
        sa.Column("withdrawn_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["moderator.id"], name=op.f("fk_invitation_invited_by")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_invitation_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["moderator.id"], name=op.f("fk_invitation_used_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index("ix_invitation_site", ["site_id", "id"], unique=False)
    op.create_table(
        "appeal",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("comment_id", types.Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contested", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_appeal_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_appeal_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_appeal_comment_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appeal_public_id")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_appeal_settled",
            ["settled_by"],
            unique=False,
            sqlite_where=sa.text("settled_by IS NOT NULL"),
            postgresql_where=sa.text("settled_by IS NOT NULL"),
        )
    op.create_table(
        "notice",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("comment_id", types.Id, nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", types.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_until", types.Instant(), nullable=True),
        sa.Column("handed_at", types.Instant(), nullable=True),
        sa.Column("sent_at", types.Instant(), nullable=True),
        sa.Column("failed_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_notice_comment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        )
        batch_op.create_index("ix_notice_journal", ["journal_id"], unique=False)
        batch_op.create_index("ix_notice_comment", ["comment_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("comment_id", types.Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reporter", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_report_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_report_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "comment_id", "reporter", name=op.f("uq_report_comment_id_reporter")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_public_id")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(
            "ix_report_reporter", ["site_id", "reporter"], unique=False
        )
        batch_op.create_index(
            "ix_report_settled",
            ["settled_by"],
            unique=False,
            sqlite_where=sa.text("settled_by IS NOT NULL"),
            postgresql_where=sa.text("settled_by IS NOT NULL"),
        )
    op.create_table(
        "wish",
        sa.Column("comment_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_wish_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_wish")),
    )
    with op.batch_alter_table("author", schema=None) as batch_op:
        batch_op.add_column(sa.Column("banned_until", types.Instant(), nullable=True))
        batch_op.add_column(
            sa.Column("email_confirmed_at", types.Instant(), nullable=True)
        )
        batch_op.create_index(
            "ix_author_marked",
            ["site_id", "id"],
            unique=False,
            sqlite_where=sa.text("trusted OR banned"),
            postgresql_where=sa.text("trusted OR banned"),
        )
    with op.batch_alter_table("moderator", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preferences", types.Document, nullable=True))
        batch_op.add_column(
            sa.Column("totp_nonce", sa.String(length=64), nullable=True)
        )
        batch_op.add_column(sa.Column("totp_step", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("recovery_hashes", types.Document, nullable=True))
        batch_op.add_column(sa.Column("issuer", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("subject", sa.String(length=255), nullable=True))
        batch_op.create_index(
            "ix_moderator_subject", ["issuer", "subject"], unique=True
        )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("user_agent", sa.String(length=500), nullable=True)
        )
        batch_op.add_column(sa.Column("network", sa.String(length=50), nullable=True))
        batch_op.create_index("ix_sign_in_moderator", ["moderator_id"], unique=False)
