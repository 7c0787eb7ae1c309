"""Notices: what authors asked to be told about their comments, and by whom it is said.

A notice is written with the decision and leaves later: see `moderation.notifications.outbox`. An act
that is taken back within the grace time takes its notices with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, null, select, update

from moderation.enums import Notice, Status
from moderation.ids import new_key
from moderation.schema.audit import decision
from moderation.schema.comments import author, comment
from moderation.schema.notifications import notice, notice_request
from moderation.schema.sites import site
from moderation.storage.bulk import insert_rows, one_of

# Whoever is asked to prove an address is asked once in this time, whoever types it.
ASK_AGAIN = timedelta(days=1)


def request_notices(conn: Connection, wishes: Mapping[int, str], now: datetime) -> None:
    """Note in which language the authors of comments want to hear what becomes of them.

    Who has not proved yet that the address is theirs is asked to, and hears nothing
    else before.
    """
    if not wishes:
        return
    insert_rows(
        conn,
        notice_request,
        [
            {"comment_id": comment_id, "language": language, "created_at": now}
            for comment_id, language in wishes.items()
        ],
        conflict=lambda new: new.on_conflict_do_nothing(),
    )
    asked = (
        select(notice.c.id)
        .join(other := comment.alias(), other.c.id == notice.c.comment_id)
        .where(
            other.c.author_id == comment.c.author_id,
            notice.c.kind == Notice.CONFIRM.value,
            notice.c.due_at > now - ASK_AGAIN,
        )
        .exists()
    )
    strangers = conn.execute(
        select(comment.c.author_id, comment.c.id)
        .join(author, author.c.id == comment.c.author_id)
        .where(comment.c.id.in_(wishes), author.c.email_confirmed_at.is_(None), ~asked)
        .order_by(comment.c.id.desc())
    )
    # One mail for each author, however much they wrote at once.
    ids = {author_id: comment_id for author_id, comment_id in strangers}
    _write(conn, dict.fromkeys(ids.values(), Notice.CONFIRM), None, now)


def confirm(conn: Connection, author_id: str, now: datetime) -> str | None:
    """The address of an author is theirs: tell them what was decided so far.

    The name of the site they wrote on; None for an author who does not exist.
    """
    row = conn.execute(
        update(author)
        .where(author.c.public_id == author_id)
        .values(email_confirmed_at=now)
        .returning(author.c.id, author.c.site_id)
    ).first()
    if row is None:
        return None
    told = select(notice.c.id).where(
        notice.c.comment_id == comment.c.id, notice.c.kind != Notice.CONFIRM.value
    )
    decided = conn.execute(
        select(comment.c.id, comment.c.status)
        .join(notice_request, notice_request.c.comment_id == comment.c.id)
        .where(
            comment.c.author_id == row.id,
            comment.c.status.in_((Status.APPROVED.value, Status.REJECTED.value)),
            ~told.exists(),
        )
    ).all()
    for comment_id, status in decided:
        journal_id, at = conn.execute(
            select(decision.c.journal_id, decision.c.created_at)
            .where(decision.c.comment_id == comment_id)
            .order_by(decision.c.id.desc())
            .limit(1)
        ).one()
        _write(conn, {comment_id: Notice(status)}, journal_id, at)
    return _site_name(conn, row.site_id)


def stop(conn: Connection, author_id: str) -> str | None:
    """Send an author nothing more; they are asked anew if they ever wish to hear again.

    The name of the site they wrote on; None for an author who does not exist.
    """
    row = conn.execute(
        update(author)
        .where(author.c.public_id == author_id)
        .values(email_confirmed_at=null())
        .returning(author.c.id, author.c.site_id)
    ).first()
    if row is None:
        return None
    theirs = select(comment.c.id).where(comment.c.author_id == row.id)
    conn.execute(delete(notice_request).where(notice_request.c.comment_id.in_(theirs)))
    conn.execute(delete(notice).where(notice.c.comment_id.in_(theirs), *_still_here()))
    return _site_name(conn, row.site_id)


def announce(
    conn: Connection, news: Mapping[int, Notice], journal_id: int, at: datetime
) -> None:
    """Write a notice for each author who wants to hear it, by the comments' row keys."""
    if not news:
        return
    wanted = conn.execute(
        select(notice_request.c.comment_id)
        .join(comment, comment.c.id == notice_request.c.comment_id)
        .join(author, author.c.id == comment.c.author_id)
        .where(
            one_of(conn, notice_request.c.comment_id, list(news)),
            author.c.email_confirmed_at.is_not(None),
        )
    ).scalars()
    _write(conn, {each: news[each] for each in wanted}, journal_id, at)


def withdraw(conn: Connection, journal_id: int) -> None:
    """Take back the notices of an act that have not left."""
    conn.execute(
        delete(notice).where(notice.c.journal_id == journal_id, *_still_here())
    )


def _write(
    conn: Connection,
    news: Mapping[int, Notice],
    journal_id: int | None,
    at: datetime,
) -> None:
    rows = [
        {
            "id": new_key(),
            "kind": kind.value,
            "comment_id": comment_id,
            "journal_id": journal_id,
            "due_at": at,
        }
        for comment_id, kind in news.items()
    ]
    if rows:
        insert_rows(conn, notice, rows)


def _still_here() -> tuple[ColumnElement[bool], ...]:
    """What nobody has given to the mail server."""
    return notice.c.handed_at.is_(None), notice.c.failed_at.is_(None)


def _site_name(conn: Connection, site_id: int) -> str:
    return str(conn.execute(select(site.c.name).where(site.c.id == site_id)).scalar())
