"""What the desk needs to find, to group, to count and to ban."""

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "band",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "comment_id", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("band", schema=None) as batch_op:
        batch_op.create_index("ix_band_comment", ["comment_id"], unique=False)
    op.create_table(
        "cluster",
        sa.Column("id", columns.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cluster_public_id")),
    )
    op.create_table(
        "undescribed",
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_undescribed")),
    )
    op.create_table(
        "ban",
        sa.Column("id", columns.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", columns.Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("until", columns.Instant(), nullable=True),
        sa.Column("journal_id", columns.Id, nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("lifted_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["journal.id"], name=op.f("fk_ban_journal_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_ban_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ban_public_id")),
    )
    with op.batch_alter_table("ban", schema=None) as batch_op:
        batch_op.create_index("ix_ban_site", ["site_id", "kind", "value"], unique=False)
    op.create_table(
        "journal_site",
        sa.Column("site_id", columns.Id, nullable=False),
        sa.Column("journal_id", columns.Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["journal.id"], name=op.f("fk_journal_site_journal_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_journal_site_site_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "journal_id", name=op.f("pk_journal_site")),
    )
    op.create_table(
        "spread",
        sa.Column("cluster_id", columns.Id, nullable=False),
        sa.Column("site_id", columns.Id, nullable=False),
        sa.Column("journal_id", columns.Id, nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("until", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_spread_cluster_id")
        ),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["journal.id"], name=op.f("fk_spread_journal_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_spread_site_id")
        ),
        sa.PrimaryKeyConstraint("cluster_id", "site_id", name=op.f("pk_spread")),
    )
    op.create_table(
        "description",
        sa.Column("comment_id", columns.Id, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("cluster_id", columns.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_description_cluster_id")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_description_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_description")),
    )
    with op.batch_alter_table("description", schema=None) as batch_op:
        batch_op.create_index(
            "ix_description_cluster",
            ["cluster_id", "comment_id"],
            unique=False,
            sqlite_where=sa.text("cluster_id IS NOT NULL"),
            postgresql_where=sa.text("cluster_id IS NOT NULL"),
        )
    op.create_table(
        "note",
        sa.Column("id", columns.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", columns.Id, nullable=False),
        sa.Column("author_id", columns.Id, nullable=False),
        sa.Column("comment_id", columns.Id, nullable=True),
        sa.Column("moderator_id", columns.Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("removed_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["author.id"], name=op.f("fk_note_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_note_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderator.id"], name=op.f("fk_note_moderator_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_note_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_note_public_id")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index("ix_note_author", ["author_id", "id"], unique=False)
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_site", ["site_id", "id"], unique=False)
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("site_id", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_decision_site", ["site_id", "id"], unique=False)
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_site", ["site_id", "id"], unique=False)
    with op.batch_alter_table("lane_count", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("version", sa.Integer(), server_default="0", nullable=False)
        )
    with op.batch_alter_table("reviewable", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("doubt", sa.Float(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("resolved_by", sa.BigInteger(), nullable=True))
        batch_op.create_index(
            "ix_reviewable_claimed",
            ["claimed_by"],
            unique=False,
            sqlite_where=sa.text("claimed_by IS NOT NULL"),
            postgresql_where=sa.text("claimed_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_reviewable_doubt",
            ["site_id", "kind", "doubt", "id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_index(
            "ix_reviewable_resolved_by",
            ["resolved_by"],
            unique=False,
            sqlite_where=sa.text("resolved_by IS NOT NULL"),
            postgresql_where=sa.text("resolved_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_reviewable_risk",
            ["site_id", "kind", "risk", "id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
    _make_words()
    op.execute(
        "UPDATE decision SET site_id ="
        " (SELECT site_id FROM comment WHERE comment.id = decision.comment_id)"
    )
    op.execute(
        "INSERT INTO undescribed (comment_id)"
        " SELECT id FROM comment WHERE status <> 'pending'"
    )


def _make_words() -> None:
    """The full-text index, which each store spells in its own way."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE comment_words USING"
            " fts5(words, content='', tokenize='unicode61 remove_diacritics 2')"
        )
        return
    op.execute(
        "CREATE TABLE comment_words"
        " (comment_id bigint PRIMARY KEY, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_comment_words ON comment_words USING gin (words)")
