"""The tables of webhooks: which servers of a publisher are told, and of what."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Table, false, text
from sqlalchemy import Column as C

from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.schema.types import Id, Instant, Opaque, metadata

webhook = Table(
    "webhook",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    C("url", String(500), nullable=False),
    C("created_at", Instant, nullable=False),
    # Removed by an owner, or switched off after days without an answer.
    C("ended_at", Instant),
    # A trial message is to be sent.
    C("wants_trial", Boolean, nullable=False, server_default=false()),
    # One job at a time tells a server, so that it hears things in their order.
    C("claimed_until", Instant),
    # Messages that failed since the last one that arrived, and since when.
    C("failures", Integer, nullable=False, server_default="0"),
    C("failing_since", Instant),
    C("paused_until", Instant),
    # What came of the last attempt: `200`, `500`, `timeout`.
    C("last_result", String(32), nullable=False, server_default=""),
    C("last_at", Instant),
)
Index("ix_webhook_site", webhook.c.site_id)

# What a server was told last about a comment, and whether there is news.
delivery = Table(
    "delivery",
    metadata,
    C("webhook_id", ForeignKey("webhook.id"), primary_key=True, autoincrement=False),
    C("comment_id", ForeignKey(comment.c.id), primary_key=True, autoincrement=False),
    # Since when there may be news; empty: none.
    C("due_at", Instant),
    C("told_status", String(16)),
    C("told_revision", Integer),
)
_IS_DUE = text("due_at IS NOT NULL")
Index(
    "ix_delivery_due",
    delivery.c.webhook_id,
    delivery.c.due_at,
    sqlite_where=_IS_DUE,
    postgresql_where=_IS_DUE,
)
