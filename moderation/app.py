"""Wire the web service: store, doorbell, scorer, pages. Decides nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation import comments, logs, web
from moderation.clashes import once_again
from moderation.comments import Draft, Stored
from moderation.commits import SharedCommit
from moderation.data_folder import PRIVATE_UMASK
from moderation.db import connect
from moderation.dispatch import Bell
from moderation.errors import Refused
from moderation.identity import Keyring
from moderation.rates import Rates
from moderation.settings import Settings
from moderation.standstill import Watch
from moderation.web.pulse import Pulse
from moderation.web.services import Services
from moderation.write_probe import WriteProbe

# Four bytes a character for the longest text, and room for the other fields.
BODY_MAX_BYTES = 128 * 1024


class _Application(Flask):
    def dispatch_request(self) -> ResponseReturnValue:
        """Ask a view once more where its first transaction met a clash of keys."""
        return once_again(super().dispatch_request)


def create_app(settings: Settings) -> Flask:
    """The application for `settings`, which must have a secret key."""
    app = _Application("moderation.web", static_url_path=web.files.address())
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=BODY_MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=BODY_MAX_BYTES,
        # A form of the desk is good for as long as the session it belongs to.
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    database = connect(settings.sqlalchemy_url, pool_size=settings.web_threads)
    bell = Bell.at(settings.redis_url)

    def store(drafts: Sequence[Draft]) -> list[Stored | Refused]:
        with database.write() as conn:
            return comments.submit(conn, drafts)

    app.extensions["moderation"] = Services(
        settings=settings,
        database=database,
        keyring=Keyring(settings.secret_key),
        bell=bell,
        rates=Rates.at(settings.redis_url),
        intake=SharedCommit(store, written=bell.ring),
        probe=WriteProbe(database),
        pulse=Pulse(database, Watch(database, settings.patience_seconds)),
    )
    web.register(app, settings)
    return app


def from_environment() -> Flask:
    """The application as the web server starts it."""
    os.umask(PRIVATE_UMASK)
    settings = Settings.read()
    logs.configure(settings.log_level)
    return create_app(settings.with_secret_key())
