"""What all public views do with a body before they look at what it says."""

from __future__ import annotations

from typing import Any

import orjson
import structlog

from moderation import metrics
from moderation.errors import Refused

log = structlog.get_logger(__name__)


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object; Refused says whether the encoding or the form is at fault."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        what = str(error).split(":")[0]
        is_encoding = "surrogate" in what or "UTF-8" in what
        code = "malformed_encoding" if is_encoding else "malformed_json"
        raise Refused(code, what=what) from None
    if not isinstance(document, dict):
        raise Refused("malformed_json", what="an object is expected")
    return document


def count_refusal(refusal: Refused) -> None:
    """One metric and one log line, with the code and nothing of the visitor's."""
    metrics.REFUSED.labels(refusal.code).inc()
    log.info("submission_refused", code=refusal.code)


def tidy(text: str | None, *, lines: bool = False) -> str:
    """Trim what was typed; NUL cannot be stored, and one-line fields have one line."""
    cleaned = (text or "").replace("\x00", "\ufffd").strip()
    return cleaned if lines else " ".join(cleaned.split())
