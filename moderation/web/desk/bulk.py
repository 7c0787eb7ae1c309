"""Decide many comments with one press: those that were chosen, or all that a search finds."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from moderation.actions import bulk
from moderation.actions.bulk import BulkDecision, BulkResult, SeenComment, Skipped
from moderation.enums import Reason, Status
from moderation.errors import NotFound, NotUndoable
from moderation.web.desk import page
from moderation.web.desk.search import Chosen, asked_for
from moderation.web.language import locale, translate
from moderation.web.services import current_services

blueprint = page.guard(Blueprint("bulk", __name__, url_prefix="/review"))

# Longer than any list of chosen comments: "id:revision:status".
_SEEN_MAX = 100


@blueprint.post("/bulk")
def act() -> ResponseReturnValue:
    """Decide the comments of the form; JSON for our script, a page for everybody else.

    The script sends a few hundred at a time and names the journal entry to go on with.
    """
    who = page.member()
    if not who.deciding:
        abort(403, translate("review.read_only"))
    order = order_of(request.form)
    if "q" in request.form:
        chosen = asked_for(request.form["q"], request.form.get("newest", ""))
        if chosen.problem:
            return _problem(chosen.problem, 409)
    else:
        chosen = Chosen(tuple(map(seen_of, request.form.getlist("comment"))))
    running = request.form.get("journal", "")
    try:
        outcome = bulk.decide(
            current_services().database,
            who.acting,
            order,
            chosen.seen,
            page.now(),
            running=running,
        )
    except NotFound:
        abort(404)
    except NotUndoable as refusal:
        return _problem(
            translate("bulk.stopped", why=translate(f"not_undoable.{refusal}")), 409
        )
    left = max(0, len(chosen.seen) - bulk.LIMIT) or int(chosen.is_partial)
    return answer(outcome, order, left=left)


def order_of(form: Mapping[str, str]) -> BulkDecision:
    """What the pressed button says should become of the comments."""
    word, _, reason = form.get("choice", "").partition(":")
    if word == Status.APPROVED and not reason:
        return BulkDecision(Status.APPROVED, None, page.view())
    if word == Status.REJECTED and reason in set(Reason):
        return BulkDecision(Status.REJECTED, Reason(reason), page.view())
    abort(400)


def seen_of(text: str) -> SeenComment:
    """One comment of the form: ``id:revision:status``, as its card showed it."""
    if len(text) > _SEEN_MAX or text.count(":") != 2:
        abort(400)
    public_id, number, status = text.split(":")
    if not number.isdecimal() or status not in set(Status):
        abort(400)
    return SeenComment(public_id, int(number), Status(status))


def answer(
    outcome: BulkResult, order: BulkDecision, *, left: int = 0
) -> ResponseReturnValue:
    """What was done, what was not and why, and how to take it back."""
    opened = outcome.opened
    undo = url_for("undo.one", journal_id=opened.public_id) if opened else ""
    said = summary(outcome, order)
    if page.wants_json():
        return {
            "journal": opened.public_id if opened else "",
            "said": said,
            "done": outcome.done,
            "left": left,
            "missed": [
                {"id": each.comment_id, "name": each.name, "why": why(each)}
                for each in outcome.missed
            ],
            "undo": undo,
            "lang": locale(),
        }
    return page.page(
        "desk/bulk.html",
        said=said,
        undo=undo,
        left=left,
        missed=[(each, why(each)) for each in outcome.missed],
    )


def summary(outcome: BulkResult, order: BulkDecision) -> str:
    """One sentence: how many the act has decided so far, and as what."""
    number = outcome.before + outcome.done
    if not number:
        return translate("bulk.none")
    reason = translate(f"reason_short.{order.reason}") if order.reason else ""
    return translate(f"bulk.did_{order.to}", n=number, reason=reason)


def why(missed: Skipped) -> str:
    """Why one comment was left as it is."""
    status = translate(f"decided.{missed.status}") if missed.status else ""
    return translate(f"bulk.missed_{missed.why}", status=status)


def _problem(problem: str, status: int) -> ResponseReturnValue:
    if page.wants_json():
        return {"problem": problem}, status
    return page.page("desk/conflict.html", problem=problem), status
