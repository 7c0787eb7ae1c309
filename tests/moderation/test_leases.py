"""A lease that a wrong clock wrote holds nobody up: on comments, cards, notices, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from moderation.app import create_app
from moderation.comments import pending
from moderation.enums import Status
from moderation.ids import new_key
from moderation.notifications import outbox
from moderation.review import claims, lanes, overview
from moderation.review.lanes import Lane, Reader
from moderation.schema.comments import comment, revision
from moderation.schema.notifications import notice
from moderation.schema.review import reviewable
from moderation.schema.webhooks import delivery, webhook
from moderation.settings import Settings
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.webhooks import deliveries, endpoints
from tests.factories import ARTICLE, KEYRING, ORIGIN, a_comment, a_moderator, a_site
from tests.moderation.rows import decide, row_of

LEASE = timedelta(seconds=15)
TOMORROW = timedelta(days=1)
NO_GRACE = timedelta()


def test_comments_that_a_worker_took_tomorrow_are_free_today(
    database: Database, site: Site, now: datetime
) -> None:
    with database.write() as conn:
        key = row_of(conn, a_comment(conn, site).public_id).id
        assert pending.claim(conn, limit=9, lease=LEASE, now=now + TOMORROW) == [key]
        assert pending.first_waiting(conn, LEASE, now) == key

        assert pending.claim(conn, limit=9, lease=LEASE, now=now) == [key]

        # That lease is of today, and holds.
        assert pending.claim(conn, limit=9, lease=LEASE, now=now) == []
        assert pending.first_waiting(conn, LEASE, now) is None


def test_hosts_whose_clocks_differ_a_little_leave_each_other_what_they_took(
    database: Database, site: Site, now: datetime
) -> None:
    with database.write() as conn:
        a_comment(conn, site)
        fast = now + timedelta(seconds=30)
        assert len(pending.claim(conn, limit=9, lease=LEASE, now=fast)) == 1

        assert pending.claim(conn, limit=9, lease=LEASE, now=now) == []


def test_a_card_that_somebody_took_tomorrow_is_free_today(
    database: Database, site: Site, now: datetime
) -> None:
    with database.write() as conn:
        ana, ben = a_moderator(conn, site), a_moderator(conn, site)
        public_id = a_comment(conn, site).public_id
        decide(conn, Status.HELD, public_id)
        claims.take(conn, ana.id, [site.id], [public_id], now + TOMORROW)

        seen = overview.read(conn, ben, [site.id], now)
        reader = Reader(ben.id, now)
        listed = lanes.page(conn, Lane([site.id]), reader=reader, limit=9)
        taken = claims.take(conn, ben.id, [site.id], [public_id], now)
        holder, until = conn.execute(
            select(reviewable.c.claimed_by, reviewable.c.claimed_until)
        ).one()

    assert (seen.present, len(listed), taken) == ([], 1, {})
    assert (holder, until) == (ben.id, now + claims.LEASE)


def test_who_took_a_card_tomorrow_takes_it_again_today(
    database: Database, site: Site, now: datetime
) -> None:
    with database.write() as conn:
        ana = a_moderator(conn, site)
        public_id = a_comment(conn, site).public_id
        decide(conn, Status.HELD, public_id)
        claims.take(conn, ana.id, [site.id], [public_id], now + TOMORROW)

        claims.take(conn, ana.id, [site.id], [public_id], now)

        assert claims.running(conn, [site.id], now) == 1


@pytest.mark.parametrize("column", ["claimed_until", "due_at"])
def test_a_notice_of_tomorrow_leaves_today(
    database: Database, site: Site, now: datetime, column: str
) -> None:
    with database.write() as conn:
        public_id = a_comment(conn, site, notify_in="en").public_id
        decide(conn, Status.APPROVED, public_id)
        conn.execute(notice.delete())
        conn.execute(
            notice.insert(),
            {
                "id": new_key(),
                "comment_id": row_of(conn, public_id).id,
                "kind": "approved",
                "due_at": now - timedelta(minutes=1),
                "attempts": 0,
            }
            | {column: now + TOMORROW},
        )

        assert outbox.claim(conn, grace=NO_GRACE, now=now) is not None


@pytest.mark.parametrize(
    ("table", "column"),
    [(webhook, "claimed_until"), (webhook, "paused_until"), (delivery, "due_at")],
)
def test_a_message_of_tomorrow_leaves_today(
    database: Database, site: Site, now: datetime, table: object, column: str
) -> None:
    with database.write() as conn:
        endpoints.add(conn, site, "https://hear.example", actor="x", now=now)
        conn.execute(update(webhook).values(wants_trial=False))
        decide(conn, Status.APPROVED, a_comment(conn, site).public_id)
        conn.execute(update(table).values({column: now + TOMORROW}))  # type: ignore[arg-type]

        later = now + timedelta(seconds=1)
        message = deliveries.claim(conn, grace=NO_GRACE, now=later)

    assert message is not None
    assert [each.status for each in message.news] == [Status.APPROVED]


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_clock_that_was_put_back_turns_no_visitor_away(
    make_settings: Callable[..., Settings], database: Database, now: datetime
) -> None:
    with database.write() as conn:
        a_site(conn, key="news")
    client: FlaskClient = create_app(make_settings(form_min_seconds=2)).test_client()

    def send(opened: datetime, text: str) -> int:
        answer = client.post(
            "/api/v1/sites/news/comments",
            json={
                "thread": {"url": ARTICLE},
                "author": {"name": "Robin"},
                "text": text,
                "form_token": KEYRING.form_token("news", opened),
            },
            headers={"Origin": ORIGIN},
        )
        return answer.status_code

    assert send(now + timedelta(hours=1), "Opened before the clock went back.") == 202
    assert send(datetime.now(now.tzinfo), "Opened this very moment.") == 403
    with database.read() as conn:
        seconds = conn.execute(
            select(revision.c.seconds_on_form).join(
                comment, comment.c.id == revision.c.comment_id
            )
        ).scalar_one()
    assert seconds is None
