"""A comment's life outside moderation: how it enters the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from moderation.authors import identity as author_identities
from moderation.comments import guard, repeats
from moderation.comments.draft import Draft, Stored
from moderation.comments.lookups import _authors, _parents, _threads
from moderation.comments.page_threads import Names
from moderation.comments.rendering import render
from moderation.comments.submission import Submission, text_hash
from moderation.enums import Status
from moderation.errors import Refused
from moderation.ids import new_key, new_public_id
from moderation.ip_addresses import network_of
from moderation.notifications import notices
from moderation.schema.comments import comment, revision
from moderation.signing import Keyring
from moderation.sites import page_addresses
from moderation.sites.site import Site

USER_AGENT_MAX = 500


_STORE_COMMENT, _STORE_REVISION = insert(comment), insert(revision)


def draft(
    submission: Submission,
    site: Site,
    keyring: Keyring,
    *,
    seconds_on_form: float | None,
    now: datetime,
    notify_in: str = "",
) -> Draft:
    """Do the work that needs no transaction: hashes and the rendered text.

    `notify_in` is the language of the mails that tell what becomes of the comment.
    """
    return Draft(
        site_id=site.id,
        submission=submission,
        thread_names=_names(submission, site),
        author=author_identities.of(
            keyring,
            email=submission.email,
            name=submission.name,
            network=network_of(submission.address),
        ),
        text_hash=text_hash(submission.text),
        html=render(submission.text),
        address_hash=keyring.address(submission.address)
        if submission.address
        else None,
        network=network_of(submission.address),
        seconds_on_form=seconds_on_form,
        received_at=now,
        notify_in=notify_in,
    )


def _names(submission: Submission, site: Site) -> Names:
    if submission.thread_id:
        return (f"id:{submission.thread_id}",)
    return page_addresses.identities(submission.thread_url, site.page_rules)


def submit(conn: Connection, drafts: Sequence[Draft]) -> list[Stored | Refused]:
    """Store drafts as pending comments; one answer each, in order.

    Runs in the caller's transaction. A refusal here is one that only the database
    could know: a closed thread, a missing parent, the same words again. The same form
    again, as after a lost answer, gets the comment that it stored before.
    """
    threads = _threads(conn, drafts)
    authors = _authors(conn, drafts)
    parents = _parents(conn, drafts)
    said = repeats.find(
        conn,
        {
            (
                threads[item.site_id, item.thread_names][0],
                authors[item.site_id, item.author],
                item.text_hash,
            )
            for item in drafts
        },
    )
    comments: list[dict[str, Any]] = []
    revisions: list[dict[str, Any]] = []
    wishes: dict[int, str] = {}
    answers: list[Stored | Refused] = []
    for item in drafts:
        thread_id, is_open = threads[item.site_id, item.thread_names]
        author_id = authors[item.site_id, item.author]
        parent_id = parents.get((thread_id, item.submission.parent))
        mark = (thread_id, author_id, item.text_hash)
        if known := _retried(item, parent_id, said.get(mark)):
            answers.append(known)
            continue
        place = guard.ThreadContext(
            thread_is_open=is_open,
            parent_is_missing=bool(item.submission.parent) and parent_id is None,
            seen_in_thread=mark in said,
        )
        if refusal := guard.check_place(place):
            answers.append(refusal)
            continue
        row = _comment(
            item, thread_id=thread_id, author_id=author_id, parent_id=parent_id
        )
        said[mark] = repeats.EarlierComment(
            row["public_id"],
            Status.PENDING,
            parent_id,
            item.address_hash,
            item.received_at,
        )
        comments.append(row)
        revisions.append(_revision(item, row["id"]))
        if item.notify_in:
            wishes[row["id"]] = item.notify_in
        answers.append(Stored(row["public_id"], Status.PENDING))
    if comments:
        conn.execute(_STORE_COMMENT, comments)
        conn.execute(_STORE_REVISION, revisions)
        notices.request_notices(conn, wishes, drafts[0].received_at)
    return answers


def _retried(
    item: Draft, parent_id: int | None, said: repeats.EarlierComment | None
) -> Stored | None:
    """What an earlier press of the same button stored, if this is another one."""
    if said is None or not repeats.is_retry(
        said,
        answers=bool(item.submission.parent),
        parent_id=parent_id,
        address_hash=item.address_hash,
        now=item.received_at,
    ):
        return None
    return Stored(said.public_id, said.status, is_repeat=True)


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
        "website_offered": submission.website_offered or bool(submission.url) or None,
        "user_agent": submission.user_agent[:USER_AGENT_MAX],
        "seconds_on_form": item.seconds_on_form,
        "address_hash": item.address_hash,
        "network": item.network,
        "created_at": item.received_at,
    }
