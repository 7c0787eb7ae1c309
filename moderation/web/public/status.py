"""Where a comment stands, for its author: the signed link is the only key."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, render_template, request

from moderation.comments import threads
from moderation.comments.threads import CommentStatus
from moderation.errors import NotFound
from moderation.feedback import appeals
from moderation.feedback.appeals import Appeal
from moderation.web.problems import Problem
from moderation.web.services import current_services

blueprint = Blueprint("status", __name__)


@blueprint.get("/comments/<token>")
def show(token: str) -> Response:
    """A page for people; ``{"status", "reason"?, "appeal"?}`` for a program."""
    if request.accept_mimetypes.best != "application/json":
        return page(token)
    own, appeal, _ = _standing(comment_of(token))
    body = {"id": own.public_id, "status": own.status.value}
    body |= {"reason": own.reason} if own.reason else {}
    body |= {"appeal": appeal.outcome or "waiting"} if appeal else {}
    answer = jsonify(body)
    # The widget asks from the publisher's page. Who has the link may read this,
    # wherever they are; no cookie is involved.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return _keep_secret(answer)


def page(token: str, problem: Problem | None = None) -> Response:
    """The page for people, with what is wrong with the appeal they sent, if anything."""
    own, appeal, may_appeal = _standing(comment_of(token))
    html = render_template(
        "public/status.html",
        own=own,
        token=token,
        appeal=appeal,
        may_appeal=may_appeal,
        problem=problem,
        text=request.form.get("text", ""),
        days=appeals.WINDOW.days,
    )
    return _keep_secret(Response(html, problem.status if problem else 200))


def comment_of(token: str) -> str:
    """The public id that a status link was signed for; 404 for any other token."""
    return current_services().keyring.unsign("status", token) or abort(404)


def _keep_secret(answer: Response) -> Response:
    answer.vary.add("Accept")
    answer.headers["Cache-Control"] = "no-store"
    # The address is a secret of the author's: it goes to nobody.
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _standing(public_id: str) -> tuple[CommentStatus, Appeal | None, bool]:
    try:
        with current_services().database.read() as conn:
            own = threads.status_of(conn, public_id)
            may_appeal = appeals.may_appeal(conn, public_id, datetime.now(UTC))
            return own, appeals.find(conn, public_id), may_appeal
    except NotFound:
        abort(404)
