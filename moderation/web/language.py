"""Which language a request is answered in."""

from __future__ import annotations

from flask import Flask, request

from moderation.texts import LOCALES, sentence


def locale() -> str:
    """The best of our languages for the person who asks; English otherwise."""
    return request.accept_languages.best_match(LOCALES) or LOCALES[0]


def say(code: str, **facts: object) -> str:
    """The sentence for `code` in the language of the request."""
    return sentence(code, locale=locale(), **facts)


def set_up(app: Flask) -> None:
    """Give every template `say` and `locale`."""
    app.jinja_env.globals.update(say=say, locale=locale)
