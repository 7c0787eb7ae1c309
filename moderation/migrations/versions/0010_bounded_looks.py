"""Find equal words and old traces through indexes that say where to stop."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_SAID = sa.text("status <> 'deleted'")
_TOP = sa.text("resolved_at IS NULL AND cluster_id IS NOT NULL AND NOT stacked")
_SENDER = sa.text("(address IS NOT NULL OR network IS NOT NULL)")
_REPORTER = sa.text("reporter <> public_id")
_TRACES = sa.text("(address_hash IS NOT NULL OR network IS NOT NULL)")


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_comment_said",
        "comment",
        ["author_id", "text_hash", "thread_id", "id"],
        sqlite_where=_SAID,
        postgresql_where=_SAID,
    )
    op.create_index(
        "ix_reviewable_top",
        "reviewable",
        ["cluster_id", "site_id"],
        sqlite_where=_TOP,
        postgresql_where=_TOP,
    )
    op.create_index(
        "ix_revision_traces",
        "revision",
        ["created_at"],
        sqlite_where=_TRACES,
        postgresql_where=_TRACES,
    )
    op.create_index(
        "ix_description_traces",
        "description",
        ["comment_id"],
        sqlite_where=_SENDER,
        postgresql_where=_SENDER,
    )
    op.create_index(
        "ix_report_traces",
        "report",
        ["created_at"],
        sqlite_where=_REPORTER,
        postgresql_where=_REPORTER,
    )
    op.create_index("ix_sign_in_expires", "sign_in", ["expires_at"])
