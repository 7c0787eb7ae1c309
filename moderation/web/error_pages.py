"""Every error in words: pages for people, problem+json under ``/api``."""

from __future__ import annotations

from flask import (
    Flask,
    Response,
    abort,
    render_template,
    request,
)
from werkzeug.exceptions import BadHost, HTTPException, SecurityError

from moderation.storage import store_errors
from moderation.web.language import translate
from moderation.web.problems import Problem

# From an error on one of these people go on to what waits.
_DESK = ("/review", "/authors", "/audit", "/settings", "/account", "/notes")
RETRY_SECONDS = 5
# Errors that have a sentence of their own; the others take the one of their class.
_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    429: "too_many_requests",
    503: "store_unavailable",
}


def set_up(app: Flask) -> None:
    """Answer every error in words: pages for people, problem+json under ``/api``."""
    app.before_request(_refuse_nul)
    app.register_error_handler(HTTPException, _explain)
    for kind in store_errors.StoreError:
        app.register_error_handler(kind, _store_is_away)


def _refuse_nul() -> None:
    """No key, address or id of ours has a NUL; PostgreSQL cannot be asked about one."""
    if "\x00" in request.path or b"%00" in request.query_string:
        abort(400)


def _explain(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, (BadHost, SecurityError)):
        # A page has addresses in it, and without a host there are none.
        return Response(translate("bad_request") + "\n", status, mimetype="text/plain")
    # Werkzeug's own descriptions are English and for programmers; ours are not.
    own = error.description != type(error).description
    answer = _answer(status, str(error.description) if own else "")
    allowed = error.get_response().headers.get("Allow")
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _store_is_away(error: Exception) -> Response:
    if not store_errors.is_unavailable(error):
        raise error
    answer = _answer(503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _answer(status: int, detail: str = "") -> Response:
    code = _code(status)
    if request.path.startswith("/api/"):
        return Problem(status, code, detail or translate(code)).response()
    title = status if status in _CODES else 500 if status >= 500 else 400
    page = render_template(
        "errors/page.html",
        title=translate(f"error.{title}"),
        detail=detail or translate(code),
        at_desk=request.path.startswith(_DESK),
    )
    return Response(page, status)


def _code(status: int) -> str:
    return _CODES.get(status, "server_error" if status >= 500 else "bad_request")
