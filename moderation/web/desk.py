"""What all pages of the desk share: who may come in, what they get, what is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypedDict, cast
from urllib.parse import unquote_plus, urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from moderation import claims, history, lanes, preferences, review
from moderation.review import Card
from moderation.vocabulary import Kind
from moderation.web import evidence, forgery, login, packing
from moderation.web.cards import Desk, View
from moderation.web.members import Member
from moderation.web.services import services

VIEW_MAX = 500
DAY = timedelta(days=1)
# Whom somebody looked for is nobody else's business, in the audit neither.
_PRIVATE = re.compile(r"\b(?:email|ip)\s*:", re.IGNORECASE)


class Numbers(TypedDict):
    """What waits, what was done in a day, and who else is at work."""

    counts: Mapping[Kind, int]
    decided_today: int
    present: Sequence[str]


def guard(blueprint: Blueprint) -> Blueprint:
    """Make the pages of a blueprint a part of the desk."""
    blueprint.before_request(admit)
    blueprint.after_request(keep_private)
    blueprint.after_request(packing.pack)
    return blueprint


def admit() -> ResponseReturnValue | None:
    """Nobody looks at the desk without a session, nobody acts without our form."""
    moderator = login.asking()
    if moderator is None:
        wanted = request.full_path.removesuffix("?")
        return redirect(url_for("login.sign_in", why="please", next=wanted))
    forgery.check()
    if any("\x00" in each for values in request.form.listvalues() for each in values):
        # No browser sends one, and PostgreSQL cannot be given it.
        abort(400)
    with services().database.read() as conn:
        g.member = Member.of(conn, moderator)
    return None


def keep_private(answer: Response) -> Response:
    """Comments that are not published do not stay in a shared computer's cache."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def member() -> Member:
    """Who asks; only after `admit`."""
    return cast(Member, g.member)


def views(comment_ids: Sequence[int], now: datetime) -> list[View]:
    """The cards of comments by their row keys, ready for the template."""
    with services().database.read() as conn:
        return views_of(conn, review.cards(conn, comment_ids), now)


def views_of(
    conn: Connection, cards: Sequence[Card], now: datetime, lane: Kind | None = None
) -> list[View]:
    """Cards ready for the template, as the lane shows them."""
    shared = services()
    desk = Desk.of(shared.scorer, shared.explanations, member(), now)
    known = evidence.of(conn, [card.row_id for card in cards], member())
    return desk.views(cards, known, lane)


def page(template: str, **values: object) -> str:
    """A page of the desk with its lanes and their counts."""
    who = member()
    with services().database.read() as conn:
        shared = numbers(conn, now())
        calm = preferences.calm(conn, who.moderator.id)
    return render_template(
        template,
        moderator=who.moderator,
        memberships=who.sites,
        calm=calm,
        token=forgery.token,
        **shared,
        **values,
    )


def numbers(conn: Connection, at: datetime) -> Numbers:
    """What stands beside every page and moves while it is open."""
    who = member()
    return Numbers(
        counts=lanes.counts(conn, who.site_ids),
        decided_today=history.decided_since(conn, who.moderator.actor, at - DAY),
        present=claims.present(conn, who.site_ids, who.moderator.id, at),
    )


def view() -> str:
    """The page of the desk where the button was pressed, for the audit."""
    if not request.referrer:
        return ""
    parts = urlsplit(request.referrer)
    if not parts.query or _PRIVATE.search(unquote_plus(parts.query)):
        return parts.path[:VIEW_MAX]
    return f"{parts.path}?{parts.query}"[:VIEW_MAX]


def wants_json() -> bool:
    """Whether our script asks, and not a form."""
    return request.accept_mimetypes.best == "application/json"


def now() -> datetime:
    """The moment of the request."""
    return datetime.now(UTC)
