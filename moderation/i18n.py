"""The one catalogue of sentences that a visitor or a moderator reads.

A message id is a code (``text_missing``, ``review.empty``), not the English text:
programs get the code, people the sentence, and rewording changes no program.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# All are complete, a test says so; the first one is for everybody else.
LOCALES = ("en", "de")


def message(code: str, *, locale: str = LOCALES[0], **facts: object) -> str:
    """The sentence for `code` with `facts` filled in; the fact `n` picks the plural.

    KeyError names a code that no catalogue has.
    """
    if not facts:
        return _plain(code, locale)
    catalogue = _catalogue(locale)
    number = facts.get("n")
    template = code
    if isinstance(number, int):
        template = catalogue.ngettext(code, code, number)
    if template == code:
        template = catalogue.gettext(code)
    if template == code:
        raise KeyError(code)
    return template.format(**facts)


@lru_cache(maxsize=2048)
def _plain(code: str, locale: str) -> str:
    """A sentence that is never different: a page of the desk has hundreds."""
    said = _catalogue(locale).gettext(code)
    if said == code:
        raise KeyError(code)
    return said.format()


def messages_with(prefix: str, *, locale: str = LOCALES[0]) -> dict[str, str]:
    """All sentences whose code starts with `prefix`, unfilled, without the prefix."""
    found: dict[str, str] = {}
    for name in (LOCALES[0], locale):
        catalogue = _catalogue(name)
        for code in _codes(name):
            if code.startswith(prefix):
                found[code.removeprefix(prefix)] = catalogue.gettext(code)
    return found


@lru_cache
def _catalogue(locale: str) -> GNUTranslations:
    # Compiled in memory, so that the text in the repository is what people read.
    buffer = BytesIO()
    write_mo(buffer, _read(locale))
    buffer.seek(0)
    catalogue = GNUTranslations(buffer)
    if locale != LOCALES[0]:
        catalogue.add_fallback(_catalogue(LOCALES[0]))
    return catalogue


@lru_cache
def _codes(locale: str) -> tuple[str, ...]:
    ids = (message.id for message in _read(locale))
    return tuple(each if isinstance(each, str) else each[0] for each in ids if each)


def _read(locale: str) -> Catalog:
    """All files of a language, one for each part of the service, as one catalogue."""
    whole = Catalog(locale=locale)
    folder = files("moderation") / "translations" / locale
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        with path.open("rb") as file:
            part = read_po(file, locale=locale, abort_invalid=True)
        for message in part:
            if message.id in whole and message.id:
                raise ValueError(f"{path.name} says {message.id} again")
            whole[message.id] = message
    return whole
