"""What a moderator looks at on a desk of a million comments, and how they ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, func, select

from benchmarks.desk_rows import Desk
from benchmarks.subjects import Ours
from benchmarks.timing import TIMES
from moderation.app import create_app
from moderation.enums import Kind, Order, Status
from moderation.review import queue
from moderation.schema.clusters import cluster
from moderation.schema.comments import author, comment
from moderation.schema.review import reviewable
from moderation.schema.search import comment_index
from moderation.storage.database import Database

JSON = {"Accept": "application/json"}
Act = tuple[str, dict[str, Any]]


class Visitor:
    """A signed-in browser in this process."""

    def __init__(self, ours: Ours, email: str, password: str) -> None:
        app = create_app(ours.settings)
        self.database: Database = app.extensions["moderation"].database
        self.client: FlaskClient = app.test_client()
        self._token = _token(self.client.get("/login").text)
        form = {"email": email, "password": password, "csrf_token": self._token}
        answer = self.client.post("/login", data=form)
        assert answer.status_code == 303, answer.status
        self._token = _token(self.client.get("/review/decided").text)

    def read(self, path: str) -> None:
        """Get a page, which must be there, as a browser does: compressed."""
        answer = self.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code in (200, 304), (path, answer.status)

    def send(self, act: Act) -> None:
        """Send a form as the desk's script does."""
        path, form = act
        data = {"csrf_token": self._token, **form}
        answer = self.client.post(path, data=data, headers=JSON)
        assert answer.status_code == 200, (path, answer.status, answer.text[:300])

    def rulings(self, count: int) -> list[Act]:
        """Single decisions about what waits."""
        return [
            (
                f"/review/{public_id}",
                {"choice": "rejected:spam", "revision": "1", "seen": "held"},
            )
            for public_id in self._held(count, comment.c.id)
        ]

    def bulks(self, count: int, size: int) -> list[Act]:
        """Decisions about many that wait, from the other end of the lane."""
        ids = self._held(count * size, comment.c.id.desc())
        return [
            (
                "/review/bulk",
                {
                    "choice": "rejected:spam",
                    "comment": [f"{each}:1:held" for each in ids[begin : begin + size]],
                },
            )
            for begin in range(0, count * size, size)
        ]

    def _held(self, count: int, order: ColumnElement[Any]) -> Sequence[str]:
        statement = (
            select(comment.c.public_id)
            .where(comment.c.status == Status.HELD.value)
            .order_by(order)
            .limit(count)
        )
        with self.database.read() as conn:
            return list(conn.execute(statement).scalars())


def views(visitor: Visitor, desk: Desk) -> dict[str, list[str]]:
    """The addresses of every view, several for each where they differ."""
    found: dict[str, list[str]] = {}
    keys = [site.key for site in desk.sites]
    for kind in Kind:
        for order in Order:
            path = f"/review?lane={kind}&order={order}"
            found[f"lane {kind}, {order}, all sites"] = [path]
            found[f"lane {kind}, {order}, one site"] = [
                f"{path}&site={key}" for key in keys
            ]
    found |= _places(visitor, desk)
    for query in QUERIES:
        filled = [
            query.format(
                rare=desk.rare[number * 997 % len(desk.rare)],
                common=common,
                reader=number * 37,
                page=number * 11,
            )
            for number, common in enumerate(
                ("harbour", "bridge", "market", "winter"), 3
            )
        ]
        found[f"search {query}"] = [
            f"/review/search?q={quote(each)}" for each in dict.fromkeys(filled)
        ]
    return found


QUERIES = (
    "",
    "{rare}",
    "{common}",
    "{common} {rare}",
    "{common} -library",
    '"the new tram line"',
    '"street lights" {rare}',
    "harb*",
    "status:held",
    "status:rejected {common}",
    "status:held site:third {common}",
    "site:third",
    "thread:https://news.example.org/{page}",
    "author:reader",
    "author:{reader}",
    "email:reader{reader}@mail7.example.org",
    "email:@mail7.example.org",
    "ip:10.37.0.37",
    "ip:10.37.0.0/24",
    "link:example.com",
    "link:shop{page}.example.com",
    "score:spam>0.8",
    "score:spam>0.9990",
    "score:toxicity<0.0001",
    "score:spam>0.9 status:held",
    "reason:spam",
    "reason:threat",
    "reason:threat {common}",
    "by:me",
    "by:me {common}",
    "by:policy",
    "before:200d",
    "after:200d before:199d",
    "before:200d {common}",
    "lang:de",
    "lang:fr status:held",
    "lane:reported",
    "lane:appealed {common}",
    "lane:spot_check -lang:en",
)


def _places(visitor: Visitor, desk: Desk) -> dict[str, list[str]]:
    """Deep pages, the busiest author, the biggest cluster, single pages."""
    with visitor.database.read() as conn:
        waiting = (
            select(comment.c.public_id)
            .join(reviewable, reviewable.c.comment_id == comment.c.id)
            .where(reviewable.c.kind == Kind.HELD.value)
        )
        every = select(func.count()).select_from(waiting.subquery())
        deeply = 6 * conn.execute(every).scalar_one() // 10
        deep = {
            order: conn.execute(
                waiting.order_by(column.desc() if falling else column)
                .offset(deeply)
                .limit(1)
            ).scalar_one()
            for order, column, falling in (
                (Order.OLDEST, reviewable.c.id, False),
                (Order.RISKIEST, reviewable.c.risk, True),
            )
        }
        busy = conn.execute(
            select(author.c.public_id)
            .join(comment, comment.c.author_id == author.c.id)
            .group_by(author.c.public_id)
            .order_by(func.count().desc())
            .limit(5)
        ).scalars()
        clusters = conn.execute(
            select(cluster.c.public_id)
            .join(comment_index, comment_index.c.cluster_id == cluster.c.id)
            .group_by(cluster.c.public_id)
            .order_by(func.count().desc())
            .limit(2)
        ).scalars()
        one = list(conn.execute(waiting.limit(20)).scalars())
        lane = waiting.order_by(reviewable.c.id).limit(queue.PAGE * (TIMES + 10))
        walked = list(conn.execute(lane).scalars())[:: queue.PAGE]
        places = {
            "busiest authors": [f"/authors/{each}" for each in busy],
            "biggest cluster and a usual one": [
                f"/review/clusters/{each}" for each in clusters
            ],
        }
    return places | {
        **{
            f"lane held, {order}, behind {deeply:,}": [
                f"/review?order={order}&after={public_id}"
            ]
            for order, public_id in deep.items()
        },
        # Nobody has seen these cards: each one is explained.
        "lane held, page after page": [f"/review?after={each}" for each in walked],
        "one comment": [f"/review/{each}" for each in one],
        "decided": ["/review/decided"],
        "live poll": ["/review/live"],
    }


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "no form"
    return found[1]
