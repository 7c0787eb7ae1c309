"""What all pages of the desk share: who may come in, what they get, what is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast
from urllib.parse import unquote_plus, urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from moderation.accounts import members
from moderation.accounts.members import Member
from moderation.enums import Kind
from moderation.review import cards, overview
from moderation.review.cards import Card
from moderation.web import compression, csrf
from moderation.web.cards import evidence
from moderation.web.cards.views import Desk, View
from moderation.web.desk.lane_params import LaneParams
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.session import TOKEN

VIEW_MAX = 500
# Whom somebody looked for is nobody else's business, in the audit neither.
_PRIVATE = re.compile(r"\b(?:email|ip)\s*:", re.IGNORECASE)


def guard(blueprint: Blueprint) -> Blueprint:
    """Make the pages of a blueprint a part of the desk."""
    blueprint.before_request(admit)
    blueprint.after_request(keep_private)
    blueprint.after_request(compression.pack)
    return blueprint


def admit() -> ResponseReturnValue | None:
    """Nobody looks at the desk without a session, nobody acts without our form."""
    token = session.get(TOKEN)
    found = _asking(token) if token is not None else None
    if found is None:
        return _to_the_door()
    csrf.check()
    if any("\x00" in each for values in request.form.listvalues() for each in values):
        # No browser sends one, and PostgreSQL cannot be given it.
        abort(400)
    g.member = found
    return None


def came_from() -> str:
    """Path and query of our page that a form was sent from; empty where it is not told."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _to_the_door() -> ResponseReturnValue:
    """Whoever looked comes back to it, whoever acted to the page that they acted on."""
    if request.method != "POST":
        wanted = request.full_path.removesuffix("?")
        return redirect(url_for("login.sign_in", why="please", next=wanted))
    door = url_for("login.sign_in", why="lost", next=came_from() or None)
    if wants_json():
        return {"problem": translate("login.lost"), "sign_in": door}, 401
    return redirect(door)


def _asking(token: str) -> Member | None:
    with current_services().database.read() as conn:
        return members.of_session(conn, token, now=now())


def keep_private(answer: Response) -> Response:
    """Comments that are not published do not stay in a shared computer's cache."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def member() -> Member:
    """Who asks; only after `admit`."""
    return cast(Member, g.member)


def views(comment_ids: Sequence[int], now: datetime) -> list[View]:
    """The cards of comments by their row keys, ready for the template."""
    with current_services().database.read() as conn:
        return views_of(conn, cards.of(conn, comment_ids), now)


def views_of(
    conn: Connection, shown: Sequence[Card], now: datetime, lane: Kind | None = None
) -> list[View]:
    """Cards ready for the template, as the lane shows them."""
    shared = current_services()
    desk = Desk.of(shared.scorer, shared.explanations, member(), now)
    known = evidence.of(conn, shown, member())
    return desk.views(shown, known, lane)


def page(template: str, **values: object) -> str:
    """A page of the desk with its lanes, and their counts on the ``chosen`` sites."""
    who, chosen = member(), values.get("chosen")
    sites = chosen.lane.site_ids if isinstance(chosen, LaneParams) else who.site_ids
    with current_services().database.read() as conn:
        shared = overview.read(conn, who.moderator, sites, now())
    return render_template(
        template,
        moderator=who.moderator,
        memberships=who.sites,
        calm=who.calm,
        decides=bool(who.deciding),
        token=csrf.token,
        standstill=standstill(),
        **shared._asdict(),
        **values,
    )


def standstill() -> str:
    """The sentence that comments wait and none is decided; empty while they are."""
    minutes = current_services().pulse.standstill.minutes()
    return translate("desk.standstill", n=minutes) if minutes else ""


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
