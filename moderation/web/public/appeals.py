"""An author contests a rejection on the page that says where the comment stands."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, request
from flask import url_for as path_of
from flask.typing import ResponseReturnValue

from moderation.errors import NotFound, Refused
from moderation.feedback import appeals
from moderation.web.problems import Problem
from moderation.web.public import status
from moderation.web.public.parsing import tidy
from moderation.web.public.receive import limit_reader
from moderation.web.services import current_services

blueprint = Blueprint("appeals", __name__)


@blueprint.post("/comments/<token>/appeal")
def send(token: str) -> ResponseReturnValue:
    """Take the author's words: back to the page, or again with what was typed."""
    # Who has the link may do this, wherever they are; the page with it sends no origin.
    public_id = status.comment_of(token)
    text = tidy(request.form.get("text"), lines=True)
    try:
        limit_reader()
        with current_services().database.write() as conn:
            appeals.submit(conn, public_id, text, datetime.now(UTC))
    except NotFound:
        abort(404)
    except Refused as refusal:
        return status.page(token, Problem.of(refusal))
    return redirect(path_of("status.show", token=token), 303)
