"""A comment's life outside moderation: how it enters the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_

from moderation import guard
from moderation.db import insert_or_ignore
from moderation.errors import Refused
from moderation.identity import Keyring, network_of, new_key, new_public_id, text_hash
from moderation.rendering import render
from moderation.schema import author, comment, revision, thread
from moderation.sites import Site
from moderation.submissions import Submission
from moderation.vocabulary import Status

USER_AGENT_MAX = 500


@dataclass(frozen=True)
class Draft:
    """A submission that passed the door, with all that can be made before writing."""

    site_id: int
    submission: Submission
    thread_identity: str
    author_identity: str
    text_hash: int
    html: str
    address_hash: bytes | None
    network: str | None
    seconds_on_form: float | None
    received_at: datetime


@dataclass(frozen=True)
class Stored:
    """A comment that is on disk."""

    public_id: str
    status: Status


Place = tuple[int, str]


def draft(
    submission: Submission,
    site: Site,
    keyring: Keyring,
    *,
    seconds_on_form: float | None,
    now: datetime,
) -> Draft:
    """Do the work that needs no transaction: hashes and the rendered text."""
    return Draft(
        site_id=site.id,
        submission=submission,
        thread_identity=submission.thread_identity,
        author_identity=keyring.author(email=submission.email, name=submission.name),
        text_hash=text_hash(submission.text),
        html=render(submission.text),
        address_hash=keyring.address(submission.address)
        if submission.address
        else None,
        network=network_of(submission.address),
        seconds_on_form=seconds_on_form,
        received_at=now,
    )


def submit(conn: Connection, drafts: Sequence[Draft]) -> list[Stored | Refused]:
    """Store drafts as pending comments; one answer each, in order.

    Runs in the caller's transaction. A refusal here is one that only the database
    could know: a closed thread, a missing parent, the same words again.
    """
    threads = _threads(conn, drafts)
    authors = _authors(conn, drafts)
    parents = _parents(conn, drafts)
    seen = _seen(conn, drafts)
    comments: list[dict[str, Any]] = []
    revisions: list[dict[str, Any]] = []
    answers: list[Stored | Refused] = []
    for item in drafts:
        thread_id, is_open = threads[item.site_id, item.thread_identity]
        author_id = authors[item.site_id, item.author_identity]
        parent_id = parents.get((thread_id, item.submission.parent))
        mark = (thread_id, author_id, item.text_hash)
        place = guard.Place(
            thread_is_open=is_open,
            parent_is_missing=bool(item.submission.parent) and parent_id is None,
            seen_in_thread=mark in seen,
        )
        if refusal := guard.check_place(place):
            answers.append(refusal)
            continue
        seen.add(mark)
        row = _comment(
            item, thread_id=thread_id, author_id=author_id, parent_id=parent_id
        )
        comments.append(row)
        revisions.append(_revision(item, row["id"]))
        answers.append(Stored(row["public_id"], Status.PENDING))
    if comments:
        conn.execute(insert(comment), comments)
        conn.execute(insert(revision), revisions)
    return answers


def _comment(
    item: Draft, *, thread_id: int, author_id: int, parent_id: int | None
) -> dict[str, Any]:
    return {
        "id": new_key(),
        "public_id": new_public_id(),
        "site_id": item.site_id,
        "thread_id": thread_id,
        "author_id": author_id,
        "parent_id": parent_id,
        "status": Status.PENDING.value,
        "revision": 1,
        "text_hash": item.text_hash,
        "created_at": item.received_at,
    }


def _revision(item: Draft, comment_id: int) -> dict[str, Any]:
    submission = item.submission
    return {
        "comment_id": comment_id,
        "number": 1,
        "text": submission.text,
        "html": item.html,
        "name": submission.name,
        "email": submission.email,
        "url": submission.url,
        "user_agent": submission.user_agent[:USER_AGENT_MAX],
        "seconds_on_form": item.seconds_on_form,
        "address_hash": item.address_hash,
        "network": item.network,
        "created_at": item.received_at,
    }


def _threads(
    conn: Connection, drafts: Sequence[Draft]
) -> dict[Place, tuple[int, bool]]:
    """The threads that are replied to, opened where nobody replied before."""
    wanted = {(item.site_id, item.thread_identity): item for item in drafts}

    def known() -> dict[Place, tuple[int, bool]]:
        rows = conn.execute(
            select(
                thread.c.site_id, thread.c.identity, thread.c.id, thread.c.is_open
            ).where(tuple_(thread.c.site_id, thread.c.identity).in_(list(wanted)))
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    found = known()
    missing = [
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": place[0],
            "identity": place[1],
            "url": item.submission.thread_url,
            "title": item.submission.thread_title,
            "is_open": True,
            "version": 0,
            "created_at": item.received_at,
        }
        for place, item in wanted.items()
        if place not in found
    ]
    if not missing:
        return found
    # Another process may open the same thread at this moment: one of us wins.
    conn.execute(insert_or_ignore(conn, thread), missing)
    return known()


def _authors(conn: Connection, drafts: Sequence[Draft]) -> dict[Place, int]:
    """The authors of the drafts, made where they write for the first time."""
    wanted = {(item.site_id, item.author_identity): item for item in drafts}

    def known() -> dict[Place, int]:
        rows = conn.execute(
            select(author.c.site_id, author.c.identity, author.c.id).where(
                tuple_(author.c.site_id, author.c.identity).in_(list(wanted))
            )
        )
        return {(row[0], row[1]): row[2] for row in rows}

    found = known()
    missing = [
        {
            "id": new_key(),
            "public_id": new_public_id(),
            "site_id": place[0],
            "identity": place[1],
            "name": item.submission.name,
            "approved": 0,
            "rejected": 0,
            "trusted": False,
            "banned": False,
            "first_seen": item.received_at,
        }
        for place, item in wanted.items()
        if place not in found
    ]
    if not missing:
        return found
    conn.execute(insert_or_ignore(conn, author), missing)
    return known()


def _parents(conn: Connection, drafts: Sequence[Draft]) -> dict[Place, int]:
    """Visible comments that are replied to, by thread and public id."""
    wanted = {item.submission.parent for item in drafts} - {""}
    if not wanted:
        return {}
    rows = conn.execute(
        select(comment.c.thread_id, comment.c.public_id, comment.c.id).where(
            comment.c.public_id.in_(wanted), comment.c.status == Status.APPROVED
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _seen(conn: Connection, drafts: Sequence[Draft]) -> set[tuple[int, int, int]]:
    """Which words stand already in which thread, by whom; deleted ones do not count."""
    rows = conn.execute(
        select(comment.c.thread_id, comment.c.author_id, comment.c.text_hash).where(
            comment.c.text_hash.in_({item.text_hash for item in drafts}),
            comment.c.site_id.in_({item.site_id for item in drafts}),
            comment.c.status != Status.DELETED,
        )
    )
    return {(row[0], row[1], row[2]) for row in rows}
