"""What a server is told, and how it knows that it is from us.

Messages are signed as https://www.standardwebhooks.com says (version 1.0.0): its
libraries check them in a dozen languages.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, select

from moderation.audit import actors
from moderation.enums import Status
from moderation.schema.audit import decision
from moderation.schema.comments import IS_CURRENT, author, comment, revision, thread
from moderation.signing import Keyring
from moderation.webhooks.deliveries import Message

DECIDED, TRIAL = "comments.decided", "trial"
USER_AGENT = "Moderation-Webhooks/1"


@dataclass(frozen=True)
class SignedMessage:
    """A message as it goes over the wire."""

    body: bytes
    headers: dict[str, str]


def compose(conn: Connection, message: Message) -> bytes:
    """The body: every comment as it stands now, in the order in which it was decided.

    No e-mail address, no network and no score is in it.
    """
    ids = [each.comment_id for each in message.news]
    told = {
        "type": DECIDED if ids else TRIAL,
        "site": message.site_key,
        "comments": _comments(conn, ids),
    }
    return orjson.dumps(told)


def sign(
    message: Message, body: bytes, keyring: Keyring, now: datetime
) -> SignedMessage:
    """The message with the headers that prove where it comes from, and when.

    The same content has the same id, so that a server that gets it twice can tell.
    """
    content = sha256(message.webhook.encode() + body).hexdigest()[:32]
    number, at = f"msg_{content}", str(int(now.timestamp()))
    key = keyring.digest("webhook", message.webhook)
    proof = hmac.digest(key, b".".join((number.encode(), at.encode(), body)), sha256)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": number,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{b64encode(proof).decode()}",
    }
    return SignedMessage(body, headers)


def _comments(conn: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    if not ids:
        return []
    parent = comment.alias("parent")
    each = decision.alias()
    latest = (
        select(each.c.id)
        .where(each.c.comment_id == comment.c.id)
        .order_by(each.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = conn.execute(
        select(
            comment.c.id,
            comment.c.public_id,
            comment.c.status,
            comment.c.revision,
            comment.c.created_at,
            parent.c.public_id.label("parent"),
            thread.c.url.label("thread_url"),
            thread.c.title.label("thread_title"),
            author.c.public_id.label("author"),
            revision.c.name,
            revision.c.url,
            revision.c.text,
            revision.c.html,
            decision.c.actor,
            decision.c.reason,
            decision.c.rule,
            decision.c.model_version,
            decision.c.created_at.label("decided_at"),
        )
        .join(revision, IS_CURRENT)
        .join(thread, thread.c.id == comment.c.thread_id)
        .join(author, author.c.id == comment.c.author_id)
        .join(decision, decision.c.id == latest)
        .outerjoin(parent, parent.c.id == comment.c.parent_id)
        .where(comment.c.id.in_(ids), comment.c.status != Status.PENDING.value)
    )
    found = {row.id: _told(row) for row in rows}
    return [found[each] for each in ids if each in found]


def _told(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "status": row.status,
        "reason": row.reason,
        "revision": row.revision,
        "parent": row.parent,
        "thread": {"url": row.thread_url, "title": row.thread_title},
        "author": {"id": row.author, "name": row.name, "url": row.url or None},
        "text": row.text,
        "html": row.html,
        "created_at": row.created_at.isoformat(),
        "decided_at": row.decided_at.isoformat(),
        "decided_by": "person" if actors.is_person(row.actor) else "policy",
        "rule": row.rule,
        "model_version": row.model_version,
    }
