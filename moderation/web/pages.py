"""What belongs to no one thing: the widget's script, the way in, errors in words."""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

import orjson
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    redirect,
    render_template,
    request,
)
from flask import url_for as path_of
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException, SecurityError

from moderation import store_faults
from moderation.texts import LOCALES, sentences
from moderation.web.language import say
from moderation.web.problems import Problem

# From an error on one of these people go on to what waits.
_DESK = ("/review", "/authors", "/audit", "/settings", "/account", "/notes")

blueprint = Blueprint("pages", __name__)

# The widget's script is one file for publishers and several for us.
PARTS = ("dom", "looks", "reports", "entries", "form", "widget")
SCRIPT_SECONDS = 600
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


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Whoever comes to the address of the service wants to moderate."""
    return redirect(path_of("review.waiting"))


@blueprint.get("/embed.js")
def embed() -> Response:
    """The widget with its sentences, as one script."""
    body, packed, etag = _script()
    gzipped = request.accept_encodings["gzip"] > 0
    answer = Response(packed if gzipped else body, mimetype="text/javascript")
    if gzipped:
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.set_etag(etag + ("-gzip" if gzipped else ""))
    answer.cache_control.public = True
    answer.cache_control.max_age = SCRIPT_SECONDS
    answer.make_conditional(request)
    return answer


@lru_cache
def _script() -> tuple[bytes, bytes, str]:
    folder = files("moderation.web") / "static" / "embed"
    words = {
        name: {
            code: said
            for prefix in ("widget.", "form.", "complaint.")
            for code, said in sentences(prefix, locale=name).items()
        }
        for name in LOCALES
    }
    parts = [(folder / f"{name}.js").read_bytes() for name in PARTS]
    # One scope of our own in the publisher's page, and nothing when asked for twice.
    body = b'(() => {\n"use strict";\n'
    body += b'if (customElements.get("leave-a-reply")) return;\n'
    body += b"const SENTENCES = " + orjson.dumps(words) + b";\n\n"
    body += b"\n".join(parts) + b"})();\n"
    return body, gzip.compress(body, 9, mtime=0), sha256(body).hexdigest()[:16]


def set_up(app: Flask) -> None:
    """Answer every error in words: pages for people, problem+json under ``/api``."""
    app.before_request(_refuse_nul)
    app.register_error_handler(HTTPException, _explain)
    for kind in store_faults.StoreError:
        app.register_error_handler(kind, _store_is_away)


def _refuse_nul() -> None:
    """No key, address or id of ours has a NUL; PostgreSQL cannot be asked about one."""
    if "\x00" in request.path or b"%00" in request.query_string:
        abort(400)


def _explain(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, (BadHost, SecurityError)):
        # A page has addresses in it, and without a host there are none.
        return Response(say("bad_request") + "\n", status, mimetype="text/plain")
    # Werkzeug's own descriptions are English and for programmers; ours are not.
    own = error.description != type(error).description
    answer = _answer(status, str(error.description) if own else "")
    allowed = error.get_response().headers.get("Allow")
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _store_is_away(error: Exception) -> Response:
    if not store_faults.is_unavailable(error):
        raise error
    answer = _answer(503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _answer(status: int, detail: str = "") -> Response:
    code = _code(status)
    if request.path.startswith("/api/"):
        return Problem(status, code, detail or say(code)).response()
    title = status if status in _CODES else 500 if status >= 500 else 400
    page = render_template(
        "errors/page.html",
        title=say(f"error.{title}"),
        detail=detail or say(code),
        at_desk=request.path.startswith(_DESK),
    )
    return Response(page, status)


def _code(status: int) -> str:
    return _CODES.get(status, "server_error" if status >= 500 else "bad_request")
