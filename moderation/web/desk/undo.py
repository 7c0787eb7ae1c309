"""Take acts back: any of one's own and, for owners, anybody's; or the last one."""

from __future__ import annotations

from flask import Blueprint, abort, session
from flask.typing import ResponseReturnValue

from moderation.actions.undo import undo as undo_entry
from moderation.audit import history
from moderation.errors import NotFound, NotUndoable
from moderation.web.desk import page, responses
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.time_format import ago

# In the session: entries that could not be taken back.
_REFUSED, _REFUSED_MAX = "not_undoable", 20

blueprint = page.guard(Blueprint("undo", __name__, url_prefix="/review"))


@blueprint.post("/decided/<journal_id>/undo")
def one(journal_id: str) -> ResponseReturnValue:
    """Take an act back as a whole, or say why that cannot be."""
    try:
        undo_entry(
            current_services().database, page.member().acting, journal_id, page.now()
        )
    except NotFound:
        abort(404)
    except NotUndoable as refusal:
        problem = _why(str(refusal))
        if page.wants_json():
            return {"problem": problem}, 409
        return page.page("desk/conflict.html", problem=problem), 409
    return responses.done(translate("review.did_undo"))


@blueprint.post("/undo")
def last() -> ResponseReturnValue:
    """Take back what the moderator did last, wherever that was; again, the one before.

    An act that cannot be taken back is said once; the next press goes on behind it.
    """
    who, now = page.member(), page.now()
    refused: list[str] = session.get(_REFUSED, [])
    with current_services().database.read() as conn:
        found = history.last_of(conn, who.moderator.actor, now, without=refused)
    if found is None:
        return responses.back("problem", translate("review.nothing_left"))
    try:
        undo_entry(current_services().database, who.acting, found.id, now)
    except (NotFound, NotUndoable) as refusal:
        session[_REFUSED] = [found.id, *refused][:_REFUSED_MAX]
        # Not found: on a site where they do not decide any more.
        is_gone = isinstance(refusal, NotFound)
        why = translate("review.read_only") if is_gone else _why(str(refusal))
        return responses.back("problem", f"{why} {translate('review.next_before')}")
    what = translate(
        "review.undone", act=translate(f"act.{found.act}"), ago=ago(now, found.at)
    )
    return responses.back("done", what)


def _why(refusal: str) -> str:
    return translate("review.not_undoable", why=translate(f"not_undoable.{refusal}"))
