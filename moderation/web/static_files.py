"""Static files, under an address that changes with them: a browser asks for each once."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from flask import Flask, Response, current_app, request

FOREVER_SECONDS = 365 * 24 * 3600
_FOLDER = Path(str(files("moderation.web"))) / "static"


@lru_cache
def address() -> str:
    """Where the files of this version are."""
    digest = sha256()
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(_FOLDER)}\0".encode())
            digest.update(path.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}"


def set_up(app: Flask) -> None:
    """Let browsers keep the files of this version, and serve those who want another."""
    app.add_url_rule("/static/<version>/<path:name>", "other_static", _of_another)
    app.after_request(_let_keep)


def _of_another(version: str, name: str) -> Response:
    """While servers are updated one by one, pages of one ask another for their files."""
    return current_app.send_static_file(name)


def _let_keep(answer: Response) -> Response:
    if request.endpoint == "static" and answer.status_code in (200, 304):
        answer.cache_control.no_cache = None
        answer.cache_control.public = True
        answer.cache_control.max_age = FOREVER_SECONDS
        answer.cache_control.immutable = True
    return answer
