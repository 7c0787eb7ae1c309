"""A form of the desk counts only if the desk made it."""

from __future__ import annotations

from flask import request
from flask_wtf.csrf import (  # type: ignore[import-untyped]
    ValidationError,
    generate_csrf,
    validate_csrf,
)
from werkzeug.exceptions import BadRequest

from moderation.web.language import translate

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def check() -> None:
    """Before every request of a private blueprint; BadRequest explains itself."""
    if request.method in SAFE_METHODS:
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        raise BadRequest(translate("csrf_failed")) from None


def token() -> str:
    """The token that the forms of the current session carry."""
    return str(generate_csrf())
