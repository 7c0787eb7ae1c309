"""The card that a moderator looks at, told by their page."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.review import claims
from moderation.web.desk import page
from moderation.web.language import translate
from moderation.web.services import current_services

blueprint = page.guard(Blueprint("claims", __name__, url_prefix="/review"))

# What anybody looks at at a time, and then some.
COMMENTS_MAX = 20


@blueprint.post("/claims")
def take() -> ResponseReturnValue:
    """Hold the comments of the form for a while and no others, or let go of some."""
    who, comment_ids = page.member(), request.form.getlist("comment")
    left = request.form.getlist("left")
    if not who.deciding:
        abort(403, translate("review.read_only"))
    if len(comment_ids) + len(left) > COMMENTS_MAX:
        abort(400)
    me, held = who.moderator.id, {}
    with current_services().database.write() as conn:
        if comment_ids:
            held = claims.take(conn, me, who.deciding, comment_ids, page.now())
        if left:
            claims.release(conn, me, left)
    if not page.wants_json():
        return redirect(url_for("review.waiting"), 303)
    return {
        "held": {
            each: translate("claim.held", name=name) for each, name in held.items()
        }
    }
