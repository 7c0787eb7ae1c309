"""The review queue for moderators: look, decide, take back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
)
from flask import url_for as path_of
from flask.typing import ResponseReturnValue

from moderation import acts, lanes, review
from moderation.acts import Ruling
from moderation.errors import NotFound, NotUndoable, StaleDecision
from moderation.history import latest
from moderation.lanes import Reader
from moderation.review import Card
from moderation.vocabulary import Reason, Status
from moderation.web import forgery, login, past
from moderation.web.asked import asked
from moderation.web.cards import Desk, ago
from moderation.web.language import locale, say
from moderation.web.members import Member
from moderation.web.services import services

blueprint = Blueprint("review", __name__, url_prefix="/review")

VIEW_MAX = 500


@blueprint.before_request
def admit() -> ResponseReturnValue | None:
    """Nobody looks at the desk without a session, nobody acts without our form."""
    moderator = login.asking()
    if moderator is None:
        return redirect(path_of("login.sign_in", why="please", next=request.path))
    forgery.check()
    with services().database.read() as conn:
        g.member = Member.of(conn, moderator)
    return None


@blueprint.after_request
def keep_private(answer: Response) -> Response:
    """Comments that are not published do not stay in a shared computer's cache."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("")
def waiting() -> ResponseReturnValue:
    """The comments that wait in a lane, a page at a time."""
    member, after, chosen = _member(), request.args.get("after", ""), asked(_member())
    desk = _desk(member)
    with services().database.read() as conn:
        cards = review.waiting(
            conn,
            chosen.lane,
            after=after,
            reader=Reader(member.moderator.id, desk.now),
            limit=review.PAGE + 1,
        )
        history = [] if cards else latest(conn, member.site_ids, limit=200)
    shown = cards[: review.PAGE]
    more = len(cards) > review.PAGE
    return _page(
        "desk/waiting.html",
        chosen=chosen,
        cards=[desk.view(card, chosen.lane.kind) for card in shown],
        after=after,
        next_url=chosen.url(after=shown[-1].id) if more else "",
        decided_today=past.decided_today(history, member.moderator, desk.now),
    )


@blueprint.get("/<comment_id>")
def one(comment_id: str) -> ResponseReturnValue:
    """One comment on a page of its own; decided ones can still be read."""
    return _one(_card(comment_id))


@blueprint.post("/<comment_id>")
def decide(comment_id: str) -> ResponseReturnValue:
    """Approve or reject the revision that the moderator saw."""
    member, card = _member(), _card(comment_id)
    if card.site_id not in member.deciding:
        abort(403, say("review.read_only"))
    status, reason = _choice(request.form.get("choice", ""))
    ruling = Ruling(comment_id, _revision(), _seen(), status, reason, _view())
    try:
        journal_id = acts.decide(
            services().database, member.acting, ruling, datetime.now(UTC)
        )
    except StaleDecision as stale:
        return _stale(card, stale, ruling.seen)
    said = say(
        f"review.did_{status}",
        name=card.name,
        reason=say(f"reason_short.{reason}") if reason else "",
    )
    return _done(said, undo=path_of("review.undo", journal_id=journal_id))


@blueprint.get("/decided")
def decided() -> ResponseReturnValue:
    """What people decided lately, newest first, each with its undo."""
    member = _member()
    with services().database.read() as conn:
        entries = latest(conn, member.site_ids)
    return _page(
        "desk/decided.html",
        entries=past.lines(entries, member, datetime.now(UTC)),
    )


@blueprint.post("/decided/<journal_id>/undo")
def undo(journal_id: str) -> ResponseReturnValue:
    """Take an act back as a whole, or say why that cannot be."""
    member = _member()
    try:
        acts.undo(services().database, member.acting, journal_id, datetime.now(UTC))
    except NotFound:
        abort(404)
    except NotUndoable as refusal:
        why = say(f"not_undoable.{refusal}")
        return _refused(say("review.not_undoable", why=why), 409)
    return _done(say("review.did_undo"))


def _member() -> Member:
    return cast(Member, g.member)


def _card(comment_id: str) -> Card:
    try:
        with services().database.read() as conn:
            return review.find(conn, comment_id, _member().site_ids)
    except NotFound:
        abort(404)


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


def _view() -> str:
    """The page of the desk where the button was pressed, for the audit."""
    if not request.referrer:
        return ""
    parts = urlsplit(request.referrer)
    return (parts.path + ("?" + parts.query if parts.query else ""))[:VIEW_MAX]


def _desk(member: Member) -> Desk:
    scorer = services().scorer
    return Desk.of(
        scorer, [site for site, _ in member.sites], member.deciding, datetime.now(UTC)
    )


def _one(card: Card, problem: str = "", status: int = 200) -> ResponseReturnValue:
    page = _page("desk/one.html", each=_desk(_member()).view(card), problem=problem)
    return page, status


def _stale(card: Card, stale: StaleDecision, seen: Status) -> ResponseReturnValue:
    if stale.status == seen:
        # Nobody decided: it is another revision that waits now.
        return _refused(say("review.stale_edited"), 409, card)
    now = datetime.now(UTC)
    problem = say(
        "review.stale",
        status=say(f"decided.{stale.status}"),
        ago=ago(now, now - timedelta(seconds=stale.seconds_ago)),
        actor=past.who(stale.actor),
    )
    return _refused(problem, 409, card)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _done(said: str, undo: str = "") -> ResponseReturnValue:
    if _wants_json():
        return {"said": said, "undo": undo, "lang": locale()}
    flash({"said": said, "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(path_of("review.waiting"), 303)


def _refused(
    problem: str, status: int, card: Card | None = None
) -> ResponseReturnValue:
    if _wants_json():
        return {"problem": problem}, status
    if card is not None:
        return _one(_card(card.id), problem, status)
    return _page("desk/gone.html", problem=problem), status


def _page(template: str, **values: object) -> str:
    member = _member()
    with services().database.read() as conn:
        counts = lanes.counts(conn, member.site_ids)
    return render_template(
        template,
        moderator=member.moderator,
        memberships=member.sites,
        counts=counts,
        token=forgery.token,
        **values,
    )
