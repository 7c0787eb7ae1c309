"""The pages and the API; the only Flask code besides ``moderation.app``."""

from __future__ import annotations

from flask import Flask

from moderation.settings import Settings
from moderation.web import (
    account,
    appeals,
    audit,
    authors,
    bulk,
    calm,
    claims,
    clusters,
    edits,
    files,
    health,
    intake,
    invitations,
    language,
    live,
    login,
    notices,
    packing,
    pages,
    people,
    provider,
    reports,
    review,
    score,
    security,
    site_keys,
    site_marks,
    site_rules,
    site_settings,
    site_webhooks,
    snippets,
    status,
    thread,
    undo,
)


def register(app: Flask, settings: Settings) -> None:
    """Hang every blueprint into the app."""
    for module in (
        *(intake, edits, thread, score, health, status, pages),
        *(reports, appeals, notices),
        *(login, provider, invitations, account),
        *(site_settings, people, site_keys, site_webhooks, site_marks, site_rules),
        *(audit,),
        *(authors, bulk, clusters),
        *(review, undo, live, claims, calm),
    ):
        app.register_blueprint(module.blueprint)
    security.protect(app, settings)
    for module in (language, files, packing, pages, snippets):
        module.set_up(app)
    app.after_request(thread.allow_origin)
