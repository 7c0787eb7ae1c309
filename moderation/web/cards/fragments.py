"""What every card of every page says in the same words: made once for each language."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, render_template
from markupsafe import Markup, escape

from moderation.i18n import message
from moderation.web.cards.views import REASON_LETTERS
from moderation.web.language import locale, translate


def set_up(app: Flask) -> None:
    """Give the templates `reject_menu`, and a `say` that escapes a sentence once."""
    app.jinja_env.globals.update(reject_menu=reject_menu, say=said)


def said(code: str, **facts: object) -> str:
    """The sentence for `code`; one without facts is ready for the page."""
    return translate(code, **facts) if facts else _escaped(code, locale())


def reject_menu() -> Markup:
    """The reasons for which a comment can be rejected, as buttons of its form."""
    return _menu(locale())


@lru_cache(maxsize=4096)
def _escaped(code: str, language: str) -> Markup:
    return escape(message(code, locale=language))


@lru_cache
def _menu(_language: str) -> Markup:
    reasons = tuple(REASON_LETTERS.items())
    # Rendered by a template, which escapes.
    return Markup(render_template("desk/reasons.html", reasons=reasons))  # noqa: S704
