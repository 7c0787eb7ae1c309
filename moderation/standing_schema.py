"""The tables of what is done besides deciding: notes, bans, merges, what an act changed."""

from __future__ import annotations

from sqlalchemy import Column as C
from sqlalchemy import ForeignKey, Index, String, Table, Text

from moderation.columns import Id, Instant, Opaque, metadata
from moderation.member_schema import moderator

note = Table(
    "note",
    metadata,
    C("id", Id, primary_key=True, autoincrement=False),
    C("public_id", Opaque, nullable=False, unique=True),
    C("site_id", ForeignKey("site.id"), nullable=False),
    C("author_id", ForeignKey("author.id"), nullable=False),
    C("comment_id", ForeignKey("comment.id")),
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
    C("site_id", ForeignKey("site.id"), nullable=False),
    C("kind", String(16), nullable=False),
    C("value", String(254), nullable=False),
    C("until", Instant),
    C("journal_id", ForeignKey("journal.id"), nullable=False),
    C("created_at", Instant, nullable=False),
    C("lifted_at", Instant),
)
Index("ix_ban_site", ban.c.site_id, ban.c.kind, ban.c.value)

# What acts changed besides comments: "author:<public id>:banned", "settings:3:mode".
touch = Table(
    "touch",
    metadata,
    C("thing", String(400), primary_key=True),
    C("journal_id", ForeignKey("journal.id"), primary_key=True, autoincrement=False),
)

# Other names of a page, under which its thread was known or merged into this one.
thread_alias = Table(
    "thread_alias",
    metadata,
    C("site_id", ForeignKey("site.id"), primary_key=True, autoincrement=False),
    C("identity", String(2048), primary_key=True),
    C("thread_id", ForeignKey("thread.id"), nullable=False),
)
Index("ix_thread_alias_thread", thread_alias.c.thread_id)
