"""Which language a request is answered in."""

from __future__ import annotations

from flask import Flask, Response, g, request

from moderation.i18n import LOCALES, message


def locale() -> str:
    """The best of our languages for the person who asks; English otherwise."""
    known = g.get("locale")
    if known is None:
        known = g.locale = _best()
        g.was_asked_for_words = True
    return str(known)


def _best() -> str:
    # The best quality first; de-AT is content with de.
    for wanted in request.accept_languages.values():
        language = wanted.partition("-")[0].lower()
        if language in LOCALES:
            return language
    return LOCALES[0]


def translate(code: str, **facts: object) -> str:
    """The sentence for `code` in the language of the request."""
    return message(code, locale=locale(), **facts)


def set_up(app: Flask) -> None:
    """Give every template `locale`; tell caches what an answer depends on."""
    app.jinja_env.globals.update(locale=locale)
    app.after_request(_name_what_varies)


def _name_what_varies(answer: Response) -> Response:
    if g.get("was_asked_for_words"):
        answer.vary.add("Accept-Language")
    return answer
