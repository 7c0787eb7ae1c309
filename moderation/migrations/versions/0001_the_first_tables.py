"""The first tables."""

import sqlalchemy as sa
from alembic import op

from moderation.schema import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "moderator",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderator")),
        sa.UniqueConstraint("email", name=op.f("uq_moderator_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_moderator_public_id")),
    )
    op.create_table(
        "site",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origins", types.Document, nullable=False),
        sa.Column("settings", types.Document, nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.Column("key_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("key", name=op.f("uq_site_key")),
    )
    op.create_table(
        "author",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("banned", sa.Boolean(), nullable=False),
        sa.Column("first_seen", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_author_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author")),
        sa.UniqueConstraint("public_id", name=op.f("uq_author_public_id")),
        sa.UniqueConstraint(
            "site_id", "identity", name=op.f("uq_author_site_id_identity")
        ),
    )
    op.create_table(
        "journal",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("site_id", types.Id, nullable=True),
        sa.Column("detail", types.Document, nullable=False),
        sa.Column("undone_by", types.Id, nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_journal_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["journal.id"], name=op.f("fk_journal_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_journal_public_id")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_actor", ["actor", "id"], unique=False)

    op.create_table(
        "lane_count",
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_lane_count_site_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "kind", name=op.f("pk_lane_count")),
    )
    op.create_table(
        "membership",
        sa.Column("moderator_id", types.Id, nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name=op.f("fk_membership_moderator_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_membership_site_id")
        ),
        sa.PrimaryKeyConstraint("moderator_id", "site_id", name=op.f("pk_membership")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("moderator_id", types.Id, nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name=op.f("fk_sign_in_moderator_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "thread",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("identity", sa.String(length=2048), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_thread_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("public_id", name=op.f("uq_thread_public_id")),
        sa.UniqueConstraint(
            "site_id", "identity", name=op.f("uq_thread_site_id_identity")
        ),
    )
    op.create_table(
        "comment",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("thread_id", types.Id, nullable=False),
        sa.Column("author_id", types.Id, nullable=False),
        sa.Column("parent_id", types.Id, nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", types.Instant(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["author.id"], name=op.f("fk_comment_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_comment_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_comment_thread_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_comment_public_id")),
        postgresql_with={"fillfactor": 70},
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_author", ["author_id"], unique=False)
        batch_op.create_index(
            "ix_comment_pending",
            ["id"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(
            "ix_comment_text_hash_site", ["text_hash", "site_id"], unique=False
        )
        batch_op.create_index(
            "ix_comment_thread_status", ["thread_id", "status"], unique=False
        )

    op.create_table(
        "decision",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("journal_id", types.Id, nullable=False),
        sa.Column("comment_id", types.Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("rule", sa.String(length=64), nullable=True),
        sa.Column("facts", types.Document, nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=True),
        sa.Column("undoes", types.Id, nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_decision_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["journal.id"], name=op.f("fk_decision_journal_id")
        ),
        sa.ForeignKeyConstraint(
            ["undoes"], ["decision.id"], name=op.f("fk_decision_undoes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_comment", ["comment_id", "id"], unique=False)
        batch_op.create_index("ix_decision_journal", ["journal_id"], unique=False)

    op.create_table(
        "reviewable",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("comment_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("opened_at", types.Instant(), nullable=False),
        sa.Column("claimed_by", types.Id, nullable=True),
        sa.Column("claimed_until", types.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resolved_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["moderator.id"], name=op.f("fk_reviewable_claimed_by")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_reviewable_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_reviewable_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewable")),
        sa.UniqueConstraint(
            "comment_id", "kind", name=op.f("uq_reviewable_comment_id_kind")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_reviewable_public_id")),
    )
    with op.batch_alter_table("reviewable", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reviewable_open",
            ["site_id", "kind", "id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.create_table(
        "revision",
        sa.Column("comment_id", types.Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("user_agent", sa.String(length=500), nullable=False),
        sa.Column("seconds_on_form", sa.Float(), nullable=True),
        sa.Column("address_hash", sa.LargeBinary(length=16), nullable=True),
        sa.Column("network", sa.String(length=50), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_revision_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("pk_revision")),
    )
    op.create_table(
        "scoring",
        sa.Column("comment_id", types.Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("scores", types.Document, nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_scoring_comment_id")
        ),
        sa.PrimaryKeyConstraint(
            "comment_id", "revision", "model_version", name=op.f("pk_scoring")
        ),
    )
