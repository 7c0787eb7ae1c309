"""One act at a time on a site: whoever changes what waits there takes a turn first.

SQLite has one writer anyway. On PostgreSQL every act locks comments, authors, threads
and cards as it comes to them, and two that come to the same ones from different sides
would wait for each other until the server ends one of them. So people's acts, readers'
reports, edits and descriptions lock their sites before anything else, in one order.

The policy's batches take no turn, so that any number of workers write at once. They
decide what is pending, which no act does, and what they share with acts is locked by
both in the order of `decisions.apply`: comments, authors, threads, cards, lane counts.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from moderation.schema.comments import comment
from moderation.schema.sites import site
from moderation.storage.bulk import lock_rows


def lock_sites(conn: Connection, site_ids: Collection[int]) -> None:
    """Wait until no other act is under way on these sites; lasts to the end of this one.

    The rows are locked such that comments can still be stored on the sites meanwhile.
    """
    lock_rows(conn, site, sorted(site_ids))


def lock_site_of(conn: Connection, comment_public_id: str) -> None:
    """Take a turn on the site of a comment, if there is such a comment."""
    found = select(comment.c.site_id).where(comment.c.public_id == comment_public_id)
    lock_sites(conn, list(conn.execute(found).scalars()))
