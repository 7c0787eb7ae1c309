"""What the desk needs to find, to group, to count and to ban."""

import sqlalchemy as sa
from alembic import op

from moderation.schema import types

revision = "0002"
down_revision = "0001"

LISTED = "resolved_at IS NULL AND NOT stacked"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "band",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "comment_id", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cluster",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
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
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("until", types.Instant(), nullable=True),
        sa.Column("journal_id", types.Id, nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("lifted_at", types.Instant(), nullable=True),
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
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("journal_id", types.Id, nullable=False),
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
        sa.Column("cluster_id", types.Id, nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("journal_id", types.Id, nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("until", types.Instant(), nullable=False),
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
        sa.Column("comment_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("cluster_id", types.Id, nullable=True),
        sa.Column("address", sa.String(length=32), nullable=True),
        sa.Column("network", sa.String(length=50), nullable=True),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_description_cluster_id")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_description_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_description")),
    )
    with op.batch_alter_table("description", schema=None) as batch_op:
        for name in ("address", "network"):
            batch_op.create_index(
                f"ix_description_{name}",
                [name, "comment_id"],
                unique=False,
                sqlite_where=sa.text(f"{name} IS NOT NULL"),
                postgresql_where=sa.text(f"{name} IS NOT NULL"),
            )
        batch_op.create_index(
            "ix_description_cluster",
            ["cluster_id", "comment_id"],
            unique=False,
            sqlite_where=sa.text("cluster_id IS NOT NULL"),
            postgresql_where=sa.text("cluster_id IS NOT NULL"),
        )
    op.create_table(
        "note",
        sa.Column("id", types.Id, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", types.Id, nullable=False),
        sa.Column("author_id", types.Id, nullable=False),
        sa.Column("comment_id", types.Id, nullable=True),
        sa.Column("moderator_id", types.Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("removed_at", types.Instant(), nullable=True),
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
        batch_op.drop_index("ix_comment_author")
        batch_op.create_index("ix_comment_author", ["author_id", "id"], unique=False)
        batch_op.create_index(
            "ix_comment_site", ["site_id", "status", "id"], unique=False
        )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("site_id", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_decision_site", ["site_id", "id"], unique=False)
        batch_op.create_index(
            "ix_decision_reason",
            ["site_id", "reason", "comment_id"],
            unique=False,
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_decision_person",
            ["actor", "comment_id"],
            unique=False,
            sqlite_where=sa.text("rule IS NULL"),
            postgresql_where=sa.text("rule IS NULL"),
        )
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
        batch_op.add_column(sa.Column("cluster_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "stacked", sa.Boolean(), server_default=sa.false(), nullable=False
            )
        )
        batch_op.drop_index("ix_reviewable_open")
        for name, names, where in (
            ("open", ["site_id", "kind", "id"], LISTED),
            ("doubt", ["site_id", "kind", "doubt", "id"], LISTED),
            ("risk", ["site_id", "kind", "risk", "id"], LISTED),
            ("comment", ["site_id", "kind", "comment_id"], "resolved_at IS NULL"),
            ("claimed", ["claimed_by"], "claimed_by IS NOT NULL"),
            (
                "cluster",
                ["cluster_id", "site_id", "kind", "id"],
                "resolved_at IS NULL AND cluster_id IS NOT NULL",
            ),
            ("resolved_by", ["resolved_by"], "resolved_by IS NOT NULL"),
        ):
            batch_op.create_index(
                f"ix_reviewable_{name}",
                names,
                unique=False,
                sqlite_where=sa.text(where),
                postgresql_where=sa.text(where),
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
        # The words come prepared; what kinds of words there are, `terms` says.
        op.execute(
            "CREATE VIRTUAL TABLE comment_words USING"
            " fts5(words, columnsize=0, tokenize='unicode61 remove_diacritics 0')"
        )
        return
    op.execute(
        "CREATE TABLE comment_words (comment_id bigint PRIMARY KEY,"
        " site_id bigint NOT NULL, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_comment_words ON comment_words USING gin (words)")
    op.execute(
        "CREATE INDEX ix_comment_words_site ON comment_words (site_id, comment_id)"
    )
