"""What open desks ask for: cards that come and go, counts, who else is there.

Asked again and again, so that the usual answer is cheap: nothing changed.
"""

from __future__ import annotations

from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from moderation.review import cards, lanes, overview, queue, updates
from moderation.review.lanes import Reader
from moderation.review.updates import LastDecision
from moderation.web import csrf
from moderation.web.desk import history
from moderation.web.desk import page as desk_page
from moderation.web.desk.lane_params import LaneParams, lane_params
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.session import TOKEN
from moderation.web.status_text import decided
from moderation.web.time_format import ago

blueprint = Blueprint("live", __name__, url_prefix="/review")


@blueprint.before_request
def nothing_moved() -> ResponseReturnValue | None:
    """The usual answer, before anybody is asked who they are."""
    token, asked = session.get(TOKEN), request.if_none_match
    if request.endpoint != "live.changes" or token is None or not asked:
        return None
    tag = current_services().pulse.tag(token)
    return _unchanged(tag) if tag and asked.contains_weak(tag) else None


desk_page.guard(blueprint)

# More cards than this nobody has before them.
SHOWN_MAX = 200


@blueprint.get("/live")
def changes() -> ResponseReturnValue:
    """What differs from what the desk shows; 304 when nothing in its lanes moved.

    ``shown`` are the cards that it has and ``since`` is when its page was made. Of what
    is new it gets the ``cards`` behind ``after`` or the ``count``, as ``new`` says: at
    the end of a list nothing moves, above it everything would. Without ``shown`` it has
    no list, and gets the numbers.
    """
    now, chosen = desk_page.now(), lane_params(desk_page.member())
    with current_services().database.read() as conn:
        tag = current_services().pulse.of(conn, desk_page.member().site_ids, now)
        if request.if_none_match.contains_weak(tag):
            return _unchanged(tag)
        found = _numbers(conn, chosen, now)
        if "shown" in request.args:
            found |= _list(conn, chosen, now)
    answer = jsonify(found)
    answer.set_etag(tag, weak=True)
    return answer


@blueprint.get("/more")
def more() -> ResponseReturnValue:
    """The next cards of a lane, without the page around them."""
    who, chosen, now = (
        desk_page.member(),
        lane_params(desk_page.member()),
        desk_page.now(),
    )
    with current_services().database.read() as conn:
        found = queue.waiting(
            conn,
            chosen.lane,
            after=request.args.get("after", ""),
            reader=Reader(who.moderator.id, now),
            limit=queue.PAGE + 1,
        )
        shown = found[: queue.PAGE]
        views = desk_page.views_of(conn, shown, now, chosen.lane.kind)
    is_last = len(found) <= queue.PAGE
    following = "" if is_last else chosen.url("live.more", after=shown[-1].id)
    page = render_template("desk/cards.html", cards=views, token=csrf.token)
    return {"cards": page, "next": following}


def _unchanged(tag: str) -> Response:
    return Response(status=304, headers={"ETag": f'W/"{tag}"'})


def _numbers(conn: Connection, chosen: LaneParams, now: datetime) -> dict[str, object]:
    found = overview.read(conn, desk_page.member().moderator, chosen.lane.site_ids, now)
    names = ", ".join(found.present)
    said = translate("desk.present", names=names) if names else ""
    return {
        "counts": {kind.value: number for kind, number in found.counts.items()},
        "decided": found.decided_today,
        "present": said,
        "standstill": desk_page.standstill(),
    }


def _list(conn: Connection, chosen: LaneParams, now: datetime) -> dict[str, object]:
    who, kind = desk_page.member(), chosen.lane.kind
    shown = [each for each in request.args["shown"].split(",") if each]
    if len(shown) > SHOWN_MAX:
        abort(400)
    found = updates.since_shown(
        conn, who.site_ids, kind, shown, moderator_id=who.moderator.id, now=now
    )
    wanted = request.args.get("new", "")
    after = request.args.get("after", "")
    ids = []
    if wanted:
        reader = Reader(who.moderator.id, now)
        ids = lanes.page(
            conn, chosen.lane, after=after, reader=reader, limit=queue.PAGE
        )
    html, fresh = "", 0
    if wanted == "cards" and ids:
        views = desk_page.views_of(conn, cards.of(conn, ids), now, kind)
        html = render_template("desk/cards.html", cards=views, token=csrf.token)
    elif ids:
        new = updates.opened_since(conn, kind, ids, _since())
        fresh = len(set(new) - set(shown))
    return {
        "gone": {each: _in_words(fate, now) for each, fate in found.gone.items()},
        "held": {
            each: translate("claim.held", name=name)
            for each, name in found.held.items()
        },
        "cards": html,
        "new": translate("live.new", n=fresh) if fresh else "",
    }


def _since() -> datetime:
    try:
        since = datetime.fromisoformat(request.args.get("since", ""))
    except ValueError:
        abort(400)
    return since if since.tzinfo else abort(400)


def _in_words(fate: LastDecision, now: datetime) -> str:
    word = decided(fate.status, fate.reason)
    return translate(
        "live.gone", status=word, ago=ago(now, fate.at), actor=history.who(fate.actor)
    )
