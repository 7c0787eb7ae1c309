"""The review queue for moderators: look, decide, take back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import (
    Blueprint,
    abort,
    render_template,
    request,
)
from flask import url_for as path_of
from flask.typing import ResponseReturnValue

from moderation.actions.decide import DecisionRequest
from moderation.actions.decide import decide as decide_comments
from moderation.audit import history
from moderation.enums import Reason, Status
from moderation.errors import NotFound, OwnRejection, StaleDecision
from moderation.review import cards, claims, context, diff, queue, updates
from moderation.review.cards import Card
from moderation.review.lanes import Reader
from moderation.web import csrf
from moderation.web.cards.views import View
from moderation.web.desk import history as history_page
from moderation.web.desk import page as desk_page
from moderation.web.desk import responses
from moderation.web.desk.lane_params import lane_params
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.status_text import decided_as
from moderation.web.time_format import ago

blueprint = desk_page.guard(Blueprint("review", __name__, url_prefix="/review"))

ANSWER_MAX = 2_000


@blueprint.get("")
def waiting() -> ResponseReturnValue:
    """The comments that wait in a lane, a page at a time; the first one is claimed."""
    who, chosen, now = (
        desk_page.member(),
        lane_params(desk_page.member()),
        desk_page.now(),
    )
    after = request.args.get("after", "")
    with current_services().database.read() as conn:
        found = queue.waiting(
            conn,
            chosen.lane,
            after=after,
            reader=Reader(who.moderator.id, now),
            limit=queue.PAGE + 1,
        )
        shown = found[: queue.PAGE]
        views = desk_page.views_of(conn, shown, now, chosen.lane.kind)
        first = [each.id for each in shown[:1]]
        seen = claims.state_of(conn, who.moderator.id, who.deciding, first)
    if first and who.deciding and not seen.rests(now):
        with current_services().database.write() as conn:
            claims.apply(conn, seen, now)
    more = len(found) > queue.PAGE
    return desk_page.page(
        "desk/queue.html",
        chosen=chosen,
        cards=views,
        after=after,
        since=now.isoformat(),
        next_url=chosen.url(after=shown[-1].id) if more else "",
        more_url=chosen.url("live.more", after=shown[-1].id) if more else "",
    )


@blueprint.get("/<comment_id>")
def one(comment_id: str) -> ResponseReturnValue:
    """One comment among its neighbours; decided ones can still be read."""
    return _one(_view(_card(comment_id)))


@blueprint.post("/<comment_id>")
def decide(comment_id: str) -> ResponseReturnValue:
    """Approve or reject the revision that the moderator saw."""
    who = desk_page.member()
    site_id, name = _whose(comment_id)
    if site_id not in who.deciding:
        abort(403, translate("review.read_only"))
    status, reason = _choice(request.form.get("choice", ""))
    answer = request.form.get("answer", "").strip()[:ANSWER_MAX]
    ruling = DecisionRequest(
        comment_id, _revision(), _seen(), status, reason, desk_page.view(), answer
    )
    try:
        journal_id = decide_comments(
            current_services().database, who.acting, ruling, desk_page.now()
        )
    except OwnRejection:
        return _refused(translate("review.own_rejection"))
    except StaleDecision as stale:
        return _stale(stale, ruling)
    said = translate(
        f"review.did_{status}",
        name=name,
        reason=translate(f"reason_short.{reason}") if reason else "",
    )
    return responses.done(said, undo=path_of("undo.one", journal_id=journal_id))


@blueprint.get("/decided")
def decided() -> ResponseReturnValue:
    """What people decided lately, newest first, each with its undo."""
    who, after = desk_page.member(), request.args.get("after", "")
    chosen = lane_params(who)
    sites = chosen.lane.site_ids
    with current_services().database.read() as conn:
        entries = history.latest(conn, sites, before=after, limit=queue.PAGE + 1)
    shown = entries[: queue.PAGE]
    more = len(entries) > queue.PAGE
    return desk_page.page(
        "desk/history.html",
        chosen=chosen,
        entries=history_page.lines(shown, who, desk_page.now()),
        after=after,
        next_url=chosen.url("review.decided", after=shown[-1].id) if more else "",
    )


def _whose(comment_id: str) -> tuple[int, str]:
    try:
        with current_services().database.read() as conn:
            return queue.whose(conn, comment_id, desk_page.member().site_ids)
    except NotFound:
        abort(404)


def _card(comment_id: str) -> Card:
    try:
        with current_services().database.read() as conn:
            return cards.find(conn, comment_id, desk_page.member().site_ids)
    except NotFound:
        abort(404)


def _view(card: Card) -> View:
    with current_services().database.read() as conn:
        return desk_page.views_of(conn, [card], desk_page.now())[0]


def _choice(text: str) -> tuple[Status, Reason | None]:
    word, _, reason = text.partition(":")
    if word == Status.APPROVED and not reason:
        return Status.APPROVED, None
    if word == Status.REJECTED and reason in set(Reason):
        return Status.REJECTED, Reason(reason)
    abort(400)


def _revision() -> int:
    number = request.form.get("revision", "")
    return int(number) if number.isdecimal() and len(number) < 9 else abort(400)


def _seen() -> Status:
    seen = request.form.get("seen", "")
    return Status(seen) if seen in set(Status) else abort(400)


def _one(view: View, status: int = 200) -> ResponseReturnValue:
    with current_services().database.read() as conn:
        around = context.around(conn, view.card.id)
        fates = updates.last_decisions(conn, [view.card.site_id], [view.card.id])
    last = (
        ""
        if view.kinds or not fates
        else history_page.fate(fates[view.card.id], desk_page.now())
    )
    page = desk_page.page("desk/comment.html", each=view, around=around, last=last)
    return page, status


def _stale(stale: StaleDecision, ruling: DecisionRequest) -> ResponseReturnValue:
    """The card as it is now, what happened to it, and what its author changed."""
    card = _card(ruling.comment_id)
    now = desk_page.now()
    if card.revision != ruling.revision:
        with current_services().database.read() as conn:
            before = queue.text_of(conn, card.id, ruling.revision)
        problem = translate("review.stale_edited")
        changes = diff.between(before, card.text) if before is not None else []
    else:
        changes = []
        problem = translate(
            "review.stale",
            status=decided_as(stale.status, stale.reason),
            ago=ago(now, now - timedelta(seconds=stale.seconds_ago)),
            actor=history_page.who(stale.actor),
        )
    return _refused(problem, replace(_view(card), problem=problem, changes=changes))


def _refused(problem: str, view: View | None = None) -> ResponseReturnValue:
    if desk_page.wants_json():
        card = ""
        if view is not None:
            card = render_template("desk/cards.html", cards=[view], token=csrf.token)
        return {"problem": problem, "card": card}, 409
    if view is not None:
        return _one(view, 409)
    return desk_page.page("desk/conflict.html", problem=problem), 409
