"""Readers report a comment: from the widget, or on a page that needs no script."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response, abort, redirect, render_template, request
from flask import url_for as path_of
from flask.typing import ResponseReturnValue

from moderation.comments import threads
from moderation.comments.threads import CommentStatus
from moderation.enums import ReportReason, Status
from moderation.errors import NotFound, Refused
from moderation.feedback import reports
from moderation.feedback.reports import ReportRequest
from moderation.sites.urls import origin_of
from moderation.web.problems import Problem
from moderation.web.public.parsing import read_json, tidy
from moderation.web.public.receive import foreign_origin, limit_reader
from moderation.web.services import current_services

blueprint = Blueprint("reports", __name__)


@blueprint.post("/api/v1/sites/<site_key>/comments/<comment_id>/reports")
def create(site_key: str, comment_id: str) -> Response:
    """Take ``{"reason", "text"?}`` about a comment that can be read: 202."""
    try:
        site = current_services().site(site_key)
        origin = foreign_origin()
        if origin is not None and origin_of(origin) not in site.origins:
            raise Refused("origin_not_allowed", origin=origin[:100])
        document = read_json(request.get_data())
        _submit(comment_id, document.get("reason"), document.get("text"), site.id)
    except NotFound:
        return Problem.of(Refused("not_found")).response()
    except Refused as refusal:
        return Problem.of(refusal).response()
    body = orjson.dumps({"id": comment_id, "status": "received"})
    return Response(body, 202, content_type="application/json")


@blueprint.get("/comments/<comment_id>/report")
def ask(comment_id: str) -> ResponseReturnValue:
    """The form, with the comment it is about."""
    return _form(comment_id)


@blueprint.post("/comments/<comment_id>/report")
def send(comment_id: str) -> ResponseReturnValue:
    """Take the form, or show it again with what was typed and what is wrong."""
    if foreign_origin() is not None:
        abort(403)
    form = request.form
    try:
        _submit(comment_id, form.get("reason"), form.get("text"))
    except NotFound:
        abort(404)
    except Refused as refusal:
        return _form(comment_id, Problem.of(refusal))
    return redirect(path_of("reports.thank", comment_id=comment_id), 303)


@blueprint.get("/comments/<comment_id>/reported")
def thank(comment_id: str) -> ResponseReturnValue:
    """What happens next, and the way back."""
    return render_template("public/reported.html", it=_standing(comment_id))


def _submit(
    comment_id: str, reason: object, text: object, site_id: int | None = None
) -> None:
    """Refused before anything is counted where the reason is none of ours."""
    if not isinstance(reason, str) or reason not in set(ReportReason):
        raise Refused("complaint_missing", field="reason")
    words = tidy(text if isinstance(text, str) else "", lines=True)
    said = ReportRequest(ReportReason(reason), words, limit_reader())
    with current_services().database.write() as conn:
        reports.submit(conn, comment_id, said, datetime.now(UTC), site_id=site_id)


def _form(comment_id: str, problem: Problem | None = None) -> ResponseReturnValue:
    it = _standing(comment_id)
    if it.status is not Status.APPROVED:
        abort(404)
    page = render_template(
        "public/report.html",
        it=it,
        complaints=list(ReportReason),
        values=request.form,
        problem=problem,
    )
    return page, problem.status if problem else 200


def _standing(comment_id: str) -> CommentStatus:
    try:
        with current_services().database.read() as conn:
            return threads.status_of(conn, comment_id)
    except NotFound:
        abort(404)
