"""Rows that a comment needs: looked up, or made."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Connection, bindparam, select

from moderation.authors import identity as author_identities
from moderation.authors.identity import Identity, Opening
from moderation.comments import page_threads
from moderation.comments.draft import Draft, Place
from moderation.comments.page_threads import Names
from moderation.enums import Status
from moderation.schema.comments import comment

# Built once: making a statement costs more than running it. One site at a time,
# because SQLite finds no index for pairs of values.
_VISIBLE_PARENTS = select(comment.c.thread_id, comment.c.public_id, comment.c.id).where(
    comment.c.public_id.in_(bindparam("public_ids", expanding=True)),
    comment.c.status == Status.APPROVED.value,
)


def _by_site(drafts: Sequence[Draft]) -> dict[int, list[Draft]]:
    groups: dict[int, list[Draft]] = {}
    # In one order everywhere, so that two batches never wait for each other.
    for item in sorted(drafts, key=attrgetter("site_id")):
        groups.setdefault(item.site_id, []).append(item)
    return groups


def _threads(
    conn: Connection, drafts: Sequence[Draft]
) -> dict[tuple[int, Names], page_threads.ThreadRef]:
    """The threads that are replied to, opened where nobody replied before."""
    found: dict[tuple[int, Names], page_threads.ThreadRef] = {}
    for site_id, group in _by_site(drafts).items():
        pages = {
            item.thread_names: page_threads.NewThread(
                item.submission.thread_url,
                item.submission.thread_title,
                item.received_at,
            )
            for item in group
        }
        for names, row in page_threads.find_or_open(conn, site_id, pages).items():
            found[site_id, names] = row
    return found


def _authors(
    conn: Connection, drafts: Sequence[Draft]
) -> dict[tuple[int, Identity], int]:
    """The authors of the drafts, made where they write for the first time."""
    found: dict[tuple[int, Identity], int] = {}
    for site_id, group in _by_site(drafts).items():
        wanted = {
            item.author: Opening(item.submission.name, item.received_at)
            for item in group
        }
        known = author_identities.find_or_make(conn, site_id, wanted)
        for identity, author_id in known.items():
            found[site_id, identity] = author_id
    return found


def _parents(conn: Connection, drafts: Sequence[Draft]) -> dict[Place, int]:
    """Visible comments that are replied to, by thread and public id."""
    wanted = {item.submission.parent for item in drafts} - {""}
    if not wanted:
        return {}
    rows = conn.execute(_VISIBLE_PARENTS, {"public_ids": list(wanted)})
    return {(row[0], row[1]): row[2] for row in rows}
