"""Take acts back: any of one's own and, for owners, anybody's; or the last one."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from moderation import history, undo
from moderation.errors import NotFound, NotUndoable
from moderation.web import answers, desk
from moderation.web.language import say
from moderation.web.services import services
from moderation.web.time_format import ago

blueprint = desk.guard(Blueprint("undo", __name__, url_prefix="/review"))


@blueprint.post("/decided/<journal_id>/undo")
def one(journal_id: str) -> ResponseReturnValue:
    """Take an act back as a whole, or say why that cannot be."""
    try:
        undo.undo(services().database, desk.member().acting, journal_id, desk.now())
    except NotFound:
        abort(404)
    except NotUndoable as refusal:
        problem = _why(str(refusal))
        if desk.wants_json():
            return {"problem": problem}, 409
        return desk.page("desk/gone.html", problem=problem), 409
    return answers.done(say("review.did_undo"))


@blueprint.post("/undo")
def last() -> ResponseReturnValue:
    """Take back what the moderator did last, wherever that was; again, the one before."""
    who, now = desk.member(), desk.now()
    with services().database.read() as conn:
        found = history.last_of(conn, who.moderator.actor, now)
    if found is None:
        return answers.back("problem", say("review.nothing_left"))
    try:
        undo.undo(services().database, who.acting, found.id, now)
    except NotFound:
        # On a site where they do not decide any more.
        return answers.back("problem", say("review.read_only"))
    except NotUndoable as refusal:
        return answers.back("problem", _why(str(refusal)))
    what = say("review.undone", act=say(f"act.{found.act}"), ago=ago(now, found.at))
    return answers.back("done", what)


def _why(refusal: str) -> str:
    return say("review.not_undoable", why=say(f"not_undoable.{refusal}"))
