"""Comments that wait at a desk, and moderators who are signed in to it."""

from __future__ import annotations

import http.client
import re
from datetime import UTC, datetime
from urllib.parse import urlencode

from sqlalchemy import select

from benchmarks.subjects import ORIGIN, Ours
from benchmarks.wording import comments as some_texts
from moderation.accounts import moderators
from moderation.accounts.moderators import Moderator
from moderation.audit.journal import Entry
from moderation.comments.submission import Channel, Submission
from moderation.comments.submit import draft, submit
from moderation.decisions.apply import apply
from moderation.decisions.choice import Choice
from moderation.enums import Act, Role, Status
from moderation.schema.comments import comment
from moderation.signing import Keyring

PASSWORD = "a password for measurements"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_CHUNK = 200


def hold(ours: Ours, count: int) -> None:
    """Put so many comments of different authors into the lane of what is held."""
    database = ours.connect()
    keyring = Keyring(ours.settings.secret_key)
    texts = some_texts(count)
    for place in range(0, count, _CHUNK):
        now = datetime.now(UTC)
        drafts = [
            draft(
                Submission(
                    site_key=ours.site.key,
                    door=Channel.FORM,
                    thread_url=f"{ORIGIN}/{number % 10}",
                    thread_title="What is measured",
                    text=text,
                    name=f"Reader {number}",
                    email=f"reader-{number}@example.org",
                    origin=ORIGIN,
                    address="192.0.2.7",
                    user_agent="Mozilla/5.0",
                ),
                ours.site,
                keyring,
                seconds_on_form=30.0,
                now=now,
            )
            for number, text in enumerate(texts[place : place + _CHUNK], place)
        ]
        with database.write() as conn:
            submit(conn, drafts)
            rows = conn.execute(
                select(comment).where(comment.c.status == Status.PENDING.value)
            ).all()
            choices = [
                Choice(
                    comment_id=row.id,
                    site_id=row.site_id,
                    thread_id=row.thread_id,
                    author_id=row.author_id,
                    revision=row.revision,
                    from_status=Status.PENDING,
                    to_status=Status.HELD,
                    rule="first_time",
                    hits=({"rule": "first_time"},),
                )
                for row in rows
            ]
            apply(conn, Entry(Act.SCORE, "policy:measured", now), choices)
    database.close()


def a_moderator(ours: Ours, number: int) -> Moderator:
    """Somebody who decides on the site, with PASSWORD."""
    database = ours.connect()
    with database.write() as conn:
        added = moderators.add(
            conn,
            email=f"moderator-{number}@example.org",
            name=f"Moderator {number}",
            password=PASSWORD,
            now=datetime.now(UTC),
        )
        moderators.join(conn, added.id, ours.site.id, Role.MODERATOR)
    database.close()
    return added


def signed_in(ours: Ours, who: Moderator) -> str:
    """The cookie of a session of theirs, as a request sends it."""
    connection = http.client.HTTPConnection(ours.address, timeout=30)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    cookie = _cookie(answer)
    token = _TOKEN.search(answer.read().decode())
    assert token
    form = {"csrf_token": token[1], "email": who.email, "password": PASSWORD}
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/login", urlencode(form), kind)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, f"signing in answered {answer.status}"
    connection.close()
    return _cookie(answer)


def _cookie(answer: http.client.HTTPResponse) -> str:
    cookies = answer.headers.get_all("Set-Cookie") or []
    session = next(each for each in cookies if each.startswith("session="))
    return session.partition(";")[0]
