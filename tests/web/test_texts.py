"""The catalogue knows a sentence for everything that needs one."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

from moderation.enums import ATTRIBUTES, Act, Kind, Reason, Role, Status
from moderation.i18n import LOCALES, message, messages_with
from moderation.policy import fallback, rules
from moderation.web.problems import STATUS_OF_CODE

# Everything that a sentence may be filled with.
FACTS = {
    "origin": "https://www.example.org",
    "limit": 10,
    "length": 12,
    "seconds": 2.0,
    "n": 2,
    "links": 3,
    "times": 4,
    "word": "x",
    "score": 0.5,
    "threshold": 0.4,
    "attribute": "spam",
    "days": 14,
    "names": "mode",
}


def read(locale: str) -> dict[str, str]:
    """The sentences of one language alone, by code."""
    folder = files("moderation") / "translations" / locale
    found = {}
    for path in folder.iterdir():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale, abort_invalid=True)
        for each in catalogue:
            key = each.id if isinstance(each.id, str) else each.id[0]
            many = isinstance(each.string, (list, tuple))
            found[key] = " ".join(each.string) if many else each.string
    return {key: said for key, said in found.items() if key}


@pytest.mark.parametrize("code", STATUS_OF_CODE)
def test_every_refusal_has_a_sentence(code: str) -> None:
    said = message(code, **FACTS)

    assert said.endswith(".")
    assert "{" not in said


@pytest.mark.parametrize(
    "code",
    [
        *(f"rule.{rule.__name__}" for rule in rules.RULES),
        *(f"rule.{rule}" for rule in (fallback.FAULT, fallback.UNREADABLE)),
        *(f"attribute.{name}" for name in ATTRIBUTES),
        *(
            f"{kind}.{reason}"
            for reason in Reason
            for kind in ("reason", "reason_short")
        ),
        *(f"{kind}.{status}" for status in Status for kind in ("status", "decided")),
        *(f"role.{role}" for role in Role),
        *(f"{kind}.{each}" for each in Kind for kind in ("kind", "lane")),
        *(f"act.{act}" for act in Act),
    ],
)
def test_every_word_of_the_vocabulary_has_one(code: str) -> None:
    assert message(code, **FACTS)


def test_every_code_in_the_templates_has_one() -> None:
    known = messages_with("")
    folder = files("moderation.web") / "templates"
    used = {
        code
        for group in folder.iterdir()
        for page in group.iterdir()
        for code in re.findall(r'say\("([\w.]+)"[,)]', page.read_text("utf-8"))
    }

    assert len(used) > 50
    assert used <= known.keys()


def test_every_code_in_the_widget_has_one() -> None:
    known = messages_with("widget.") | messages_with("form.")
    folder = files("moderation.web") / "static" / "embed"
    used = {
        code
        for part in folder.iterdir()
        for code in re.findall(r'\bsay\("(\w+)"', part.read_text("utf-8"))
    }

    assert len(used) > 10
    assert used <= known.keys()


def test_an_unknown_code_is_an_error_and_not_an_empty_page() -> None:
    with pytest.raises(KeyError, match="no_such_code"):
        message("no_such_code")


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 approved"), (2, "2 approved"), (0, "0 approved")]
)
def test_plurals_follow_the_number(number: int, said: str) -> None:
    assert message("review.history_approved", n=number) == said


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_every_language_says_all_and_with_the_same_facts(locale: str) -> None:
    facts = re.compile(r"\{\w+")
    english, other = read(LOCALES[0]), read(locale)

    assert other.keys() == english.keys()
    for code, said in english.items():
        assert set(facts.findall(other[code])) == set(facts.findall(said)), code


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_shouts(locale: str) -> None:
    assert not [
        each for each in messages_with("", locale=locale).values() if "!" in each
    ]
