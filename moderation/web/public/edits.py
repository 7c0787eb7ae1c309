"""An author changes a comment of their own, with the token they got for it."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response, request

from moderation.comments.edit import edit as edit_comment
from moderation.comments.edit import worded
from moderation.errors import NotFound, Refused
from moderation.sites.urls import origin_of
from moderation.web.problems import Problem
from moderation.web.public.parsing import count_refusal, read_json, tidy
from moderation.web.public.receive import foreign_origin, limit_visits
from moderation.web.services import Services, current_services

blueprint = Blueprint("edits", __name__)


@blueprint.patch("/api/v1/sites/<site_key>/comments/<public_id>")
def edit(site_key: str, public_id: str) -> Response:
    """Replace the text: 202, and the classifiers judge it anew."""
    desk = current_services()
    try:
        site = desk.site(site_key)
        origin = foreign_origin()
        if origin is not None and origin_of(origin) not in site.origins:
            raise Refused("origin_not_allowed", origin=origin[:100])
        text = _text(desk, public_id)
        limit_visits(site, request.remote_addr or "")
        wording = worded(text)
        with desk.database.write() as conn:
            edit_comment(conn, public_id, wording, datetime.now(UTC))
    except NotFound:
        return Problem.of(Refused("not_found")).response()
    except Refused as refusal:
        count_refusal(refusal)
        return Problem.of(refusal).response()
    desk.job_queue.wake_worker()
    body = {"id": public_id, "status": "pending"}
    return Response(orjson.dumps(body), 202, content_type="application/json")


def _text(desk: Services, public_id: str) -> str:
    """The new text, if the token that came with it is this comment's."""
    document = read_json(request.get_data())
    token, text = document.get("edit_token"), document.get("text")
    if not isinstance(token, str) or not isinstance(text, str):
        raise Refused("malformed_json", what="edit_token and text: strings")
    if desk.keyring.unsign("edit", token) != public_id:
        raise Refused("unauthorized")
    return tidy(text, lines=True)
