"""The widget's script: one file for publishers, and several for us."""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

import orjson
from flask import (
    Blueprint,
    Response,
    request,
)

from moderation.i18n import LOCALES, messages_with

blueprint = Blueprint("embed", __name__)

PARTS = ("dom", "styles", "reports", "comments", "form", "widget")
SCRIPT_SECONDS = 600


@blueprint.get("/embed.js")
def script() -> Response:
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
            for code, said in messages_with(prefix, locale=name).items()
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
