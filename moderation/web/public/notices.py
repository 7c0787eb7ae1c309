"""The links in mails: confirm an address, and end all mails.

Programs that look into mails follow every link, so only a POST does anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from moderation.notifications import notices
from moderation.web.services import current_services

blueprint = Blueprint("notices", __name__, url_prefix="/notices")

CONFIRM, STOP = "confirm", "stop"


@blueprint.get("/confirm/<token>")
def ask_confirm(token: str) -> ResponseReturnValue:
    """One button."""
    return _ask(CONFIRM, token)


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """The address is theirs: from now on they hear what becomes of their comments."""
    now = datetime.now(UTC)
    return _do(CONFIRM, token, lambda conn, who: notices.confirm(conn, who, now))


@blueprint.get("/stop/<token>")
def ask_stop(token: str) -> ResponseReturnValue:
    """One button."""
    return _ask(STOP, token)


@blueprint.post("/stop/<token>")
def stop(token: str) -> ResponseReturnValue:
    """No more mails; mail programs do this by themselves (RFC 8058)."""
    return _do(STOP, token, notices.stop)


def _author(what: str, token: str) -> str:
    return current_services().keyring.unsign(what, token) or abort(404)


def _ask(what: str, token: str) -> ResponseReturnValue:
    _author(what, token)
    return render_template("public/notices.html", what=what, token=token)


def _do(
    what: str, token: str, act: Callable[[Connection, str], str | None]
) -> ResponseReturnValue:
    author_id = _author(what, token)
    with current_services().database.write() as conn:
        site = act(conn, author_id)
    if site is None:
        abort(404)
    return render_template("public/notices_done.html", what=what, site=site)
