"""What a moderator may have softened for long hours."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from moderation.accounts import preferences
from moderation.accounts.preferences import ComfortSettings
from moderation.web.desk import page, responses
from moderation.web.language import translate
from moderation.web.services import current_services

blueprint = page.guard(Blueprint("calm", __name__, url_prefix="/review"))

PAUSES = (0, 15, 25, 45, 60, 90)


@blueprint.post("/calm")
def keep() -> ResponseReturnValue:
    """Keep what the moderator wants softened; it counts from the next page on."""
    minutes = request.form.get("pause_minutes", "0")
    if minutes not in map(str, PAUSES):
        abort(400)
    wanted = ComfortSettings(
        blur="blur" in request.form,
        greyscale="greyscale" in request.form,
        pause_minutes=int(minutes),
    )
    with current_services().database.write() as conn:
        preferences.save(conn, page.member().moderator.id, wanted)
    return responses.done(translate("calm.kept"))
