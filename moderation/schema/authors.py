"""The tables of authors: what is kept of them, noted about them, and banned."""

from __future__ import annotations

from sqlalchemy import Column as C
from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from moderation.schema.accounts import moderator
from moderation.schema.audit import journal
from moderation.schema.comments import author, comment
from moderation.schema.sites import site
from moderation.schema.types import Id, Instant, Opaque, metadata

note = Table(
    "note",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    C("author_id", ForeignKey(author.c.id), nullable=False),
    C("comment_id", ForeignKey(comment.c.id)),
    C("moderator_id", ForeignKey(moderator.c.id), nullable=False),
    C("text", Text, nullable=False),
    C("created_at", Instant, nullable=False),
    C("removed_at", Instant),
)
Index("ix_note_author", note.c.author_id, note.c.id)
# Bans of more than one author: a mail domain or a network of a site.
ban = Table(
    "ban",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey(site.c.id), nullable=False),
    C("kind", String(16), nullable=False),
    C("value", String(254), nullable=False),
    C("until", Instant),
    C("journal_id", ForeignKey(journal.c.id), nullable=False),
    C("created_at", Instant, nullable=False),
    C("lifted_at", Instant),
)
Index("ix_ban_site", ban.c.site_id, ban.c.kind, ban.c.value)
