"""Where a comment stands, for its author: the signed link is the only key."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, render_template, request

from moderation import threads
from moderation.errors import NotFound
from moderation.threads import Standing
from moderation.web.services import services

blueprint = Blueprint("status", __name__)


@blueprint.get("/comments/<token>")
def show(token: str) -> Response:
    """A page for people; ``{"status", "reason"?}`` for a program that asks for JSON."""
    own = _standing(token)
    if request.accept_mimetypes.best == "application/json":
        body = {"id": own.public_id, "status": own.status.value}
        answer = jsonify(body | ({"reason": own.reason} if own.reason else {}))
        # The widget asks from the publisher's page. Who has the link may read this,
        # wherever they are; no cookie is involved.
        answer.headers["Access-Control-Allow-Origin"] = "*"
    else:
        answer = Response(render_template("public/status.html", own=own))
    answer.vary.add("Accept")
    answer.headers["Cache-Control"] = "no-store"
    # The address is a secret of the author's: it goes to nobody.
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _standing(token: str) -> Standing:
    desk = services()
    public_id = desk.keyring.unsign("status", token)
    if public_id is None:
        abort(404)
    try:
        with desk.database.read() as conn:
            own = threads.standing(conn, public_id)
    except NotFound:
        abort(404)
    return own
