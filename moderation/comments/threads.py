"""The reading side: what visitors and authors may see of a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from moderation.comments import page_threads
from moderation.comments.page_threads import Names
from moderation.enums import Status
from moderation.errors import NotFound
from moderation.schema.audit import decision
from moderation.schema.comments import IS_CURRENT, comment, revision, thread
from moderation.storage.bulk import one_of

LIMIT_MAX = 500
# Deeper replies stand beside what they answer: no page is narrow enough for more, and
# no JSON is deep enough for a hundred.
DEPTH_MAX = 10


@dataclass(frozen=True)
class View:
    """Which part of a thread is asked for."""

    newest_first: bool = False
    # The public id of the last top-level comment that the reader has.
    after: str = ""
    limit: int = 200


@dataclass(frozen=True)
class Head:
    """A thread without its comments; ``version`` moves with everything visible."""

    id: int
    url: str
    title: str
    is_open: bool
    version: int


@dataclass(frozen=True)
class CommentStatus:
    """What the author of a comment may know about it."""

    public_id: str
    status: Status
    reason: str | None
    html: str
    created_at: datetime
    thread_url: str
    thread_title: str


def find(conn: Connection, site_id: int, names: Names) -> Head | None:
    """The thread of a page, or None where nobody has commented yet."""
    known = page_threads.look_up(conn, site_id, [names])
    row = conn.execute(
        select(
            thread.c.id,
            thread.c.url,
            thread.c.title,
            thread.c.is_open,
            thread.c.version,
        ).where(thread.c.id == known.get(names))
    ).first()
    return Head(*row) if row else None


def counts(conn: Connection, site_id: int, pages: Sequence[Names]) -> dict[Names, int]:
    """How many comments are visible in the thread of each page."""
    known = page_threads.look_up(conn, site_id, pages)
    rows = conn.execute(
        select(comment.c.thread_id, func.count())
        .where(
            one_of(conn, comment.c.thread_id, sorted(set(known.values()))),
            comment.c.status == Status.APPROVED.value,
        )
        .group_by(comment.c.thread_id)
    )
    visible = {row[0]: row[1] for row in rows}
    return {names: visible[key] for names, key in known.items() if key in visible}


def status_of(conn: Connection, public_id: str) -> CommentStatus:
    """Where a comment stands; NotFound for one that does not exist."""
    reason = (
        select(decision.c.reason)
        .where(decision.c.comment_id == comment.c.id)
        .order_by(decision.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = conn.execute(
        select(
            comment.c.public_id,
            comment.c.status,
            reason,
            revision.c.html,
            comment.c.created_at,
            thread.c.url,
            thread.c.title,
        )
        .join(revision, IS_CURRENT)
        .join(thread, thread.c.id == comment.c.thread_id)
        .where(comment.c.public_id == public_id)
    ).first()
    if row is None:
        raise NotFound("comment")
    status = Status(row[1])
    shown = row[2] if status is Status.REJECTED else None
    return CommentStatus(row[0], status, shown, *row[3:])


def page(conn: Connection, head: Head, view: View) -> bytes:
    """The visible comments of a thread as the JSON that readers get.

    Top-level comments are paged, replies travel with the comment they answer. A
    reply whose parent is no longer visible moves to the top level.
    """
    rows = conn.execute(
        select(
            comment.c.id,
            comment.c.parent_id,
            comment.c.public_id,
            comment.c.created_at,
            revision.c.name,
            revision.c.url,
            revision.c.html,
        )
        .join(revision, IS_CURRENT)
        .where(
            comment.c.thread_id == head.id,
            comment.c.status == Status.APPROVED.value,
        )
        .order_by(comment.c.id)
    ).all()
    roots = _nested(rows)
    if view.newest_first:
        roots.reverse()
    start = 0
    if view.after:
        ids = [root["id"] for root in roots]
        start = ids.index(view.after) + 1 if view.after in ids else len(ids)
    shown = roots[start : start + view.limit]
    more = start + view.limit < len(roots)
    return orjson.dumps(
        {
            "thread": {"url": head.url, "title": head.title, "open": head.is_open},
            "count": len(rows),
            "next": shown[-1]["id"] if more else None,
            "comments": shown,
        }
    )


def _nested(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The top-level comments with their replies; ``parent`` says what each answers."""
    nodes = {row.id: _node(row) for row in rows}
    roots: list[dict[str, Any]] = []
    # Where the replies to a comment go, and how deep that is.
    places: dict[int, tuple[list[dict[str, Any]], int]] = {}
    for row in rows:
        node, parent = nodes[row.id], nodes.get(row.parent_id)
        node["parent"] = parent["id"] if parent else None
        siblings, depth = places.get(row.parent_id, (roots, 0))
        siblings.append(node)
        deeper = depth + 1 < DEPTH_MAX
        places[row.id] = (node["replies"], depth + 1) if deeper else (siblings, depth)
    return roots


def empty_page(url: str) -> bytes:
    """The page of a thread in which nobody has commented yet."""
    empty = {"url": url, "title": "", "open": True}
    return orjson.dumps({"thread": empty, "count": 0, "next": None, "comments": []})


def _node(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "parent": None,
        "author": {"name": row.name, "url": row.url or None},
        "html": row.html,
        "created": row.created_at.isoformat(timespec="seconds"),
        "replies": [],
    }
