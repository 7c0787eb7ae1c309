"""The pages and the API; the only Flask code besides ``moderation.app``."""

from __future__ import annotations

from flask import Flask

from moderation.web import health, intake, thread


def register(app: Flask) -> None:
    """Hang every blueprint into the app."""
    for module in (intake, thread, health):
        app.register_blueprint(module.blueprint)
    app.after_request(thread.allow_origin)
