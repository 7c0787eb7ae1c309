"""Wire the web service: store, wake-up, scorer, pages. Decides nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation import logs
from moderation.comments.draft import Draft, Stored
from moderation.comments.group_commit import GroupCommit
from moderation.comments.submit import submit
from moderation.errors import Refused
from moderation.review.change_tags import ChangeTagCache
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.storage.data_folder import PRIVATE_UMASK
from moderation.storage.database import connect
from moderation.storage.job_queue import JobQueue
from moderation.storage.key_conflicts import once_again
from moderation.storage.rate_limits import RateLimits
from moderation.storage.slots import StoreSlots
from moderation.storage.stalled import Watch
from moderation.storage.write_probe import WriteProbe
from moderation.web import (
    compression,
    error_pages,
    form_limits,
    health,
    home,
    language,
    security_headers,
    static_files,
)
from moderation.web.account import account, invitations, login, oidc
from moderation.web.cards import fragments
from moderation.web.desk import (
    audit,
    authors,
    bulk,
    claims,
    clusters,
    live,
    preferences,
    review,
    undo,
)
from moderation.web.proxies import Proxies
from moderation.web.public import (
    appeals,
    edits,
    embed,
    intake,
    notices,
    reports,
    score,
    status,
    threads,
)
from moderation.web.services import Services
from moderation.web.site import keys, members, rerun_policy, trust_lists, webhooks
from moderation.web.site import settings as site_settings

# Four bytes a character for the longest text, and room for the other fields.
BODY_MAX_BYTES = 128 * 1024


class _Application(Flask):
    def dispatch_request(self) -> ResponseReturnValue:
        """Ask a view once more where its first transaction met a clash of keys."""
        return once_again(super().dispatch_request)


def create_app(settings: Settings) -> Flask:
    """The application for `settings`, which must have a secret key."""
    app = _Application("moderation.web", static_url_path=static_files.address())
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=BODY_MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=BODY_MAX_BYTES,
        # A form of the desk is good for as long as the session it belongs to.
        WTF_CSRF_TIME_LIMIT=None,
    )
    count = settings.trusted_proxies
    proxies = Proxies(app.wsgi_app, count, settings.public_url)
    app.wsgi_app = proxies  # type: ignore[method-assign]
    if count:
        app.wsgi_app = ProxyFix(proxies, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    slots = StoreSlots(max(1, settings.web_threads // 2))
    database = connect(
        settings.sqlalchemy_url,
        pool_size=settings.web_threads,
        slots=slots,
    )
    job_queue = JobQueue.at(settings.redis_url)

    def store(drafts: Sequence[Draft]) -> list[Stored | Refused]:
        with database.write() as conn:
            return submit(conn, drafts)

    app.extensions["moderation"] = Services(
        settings=settings,
        database=database,
        keyring=Keyring(settings.secret_key),
        job_queue=job_queue,
        rates=RateLimits.at(settings.redis_url),
        proxies=proxies,
        intake=GroupCommit(store, written=job_queue.wake_worker),
        probe=WriteProbe(database),
        pulse=ChangeTagCache(database, Watch(database, settings.patience_seconds)),
    )
    _register(app, settings)
    return app


def _register(app: Flask, settings: Settings) -> None:
    """Hang every blueprint into the app."""
    for module in (
        *(intake, edits, threads, score, health, status, home, embed),
        *(reports, appeals, notices),
        *(login, oidc, invitations, account),
        *(site_settings, members, keys, webhooks, trust_lists, rerun_policy),
        *(audit,),
        *(authors, bulk, clusters),
        *(review, undo, live, claims, preferences),
    ):
        app.register_blueprint(module.blueprint)
    form_limits.set_up(app)
    security_headers.protect(app, settings)
    for module in (language, static_files, compression, error_pages, fragments):
        module.set_up(app)
    app.after_request(threads.allow_origin)


def from_environment() -> Flask:
    """The application as the web server starts it."""
    os.umask(PRIVATE_UMASK)
    settings = Settings.read()
    logs.configure(settings.log_level)
    return create_app(settings.with_secret_key())
