"""The way in: who comes to the address of the service."""

from __future__ import annotations

from flask import (
    Blueprint,
    redirect,
)
from flask import url_for as path_of
from flask.typing import ResponseReturnValue

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Whoever comes to the address of the service wants to moderate."""
    return redirect(path_of("review.waiting"))
