"""What is left of a name, and which websites people mean."""

from __future__ import annotations

import pytest

from moderation.comments import names, websites


@pytest.mark.parametrize(
    "name",
    [
        "Zoë O'Neill",
        "محمد",
        # A family, a flag of a country's part, a half-form, a Persian compound.
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 Kim",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "क\u094d\u200dष",
        "می\u200cخواهم",
        "\u0600\u0661",
    ],
)
def test_a_name_that_people_have_stays(name: str) -> None:
    assert names.shown(name) == name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("\u202egnihsihp", "gnihsihp"),
        ("\u2067Ada\u2069", "Ada"),
        ("A\u200bd\u2060a\ufeff", "Ada"),
        ("Ad\u200dm\u200cin", "Admin"),
        ("\u200dAda\u200d", "Ada"),
        ("Ada\x1b[31m", "Ada[31m"),
        ("\u200b Ada \u202e", "Ada"),
    ],
)
def test_a_name_loses_what_is_not_seen(typed: str, shown: str) -> None:
    assert names.shown(typed) == shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("www.example.org", "https://www.example.org"),
        ("example.org", "https://example.org"),
        ("example.org:8080/me?a=1", "https://example.org:8080/me?a=1"),
        ("//example.org", "https://example.org"),
        ("münchen.de", "https://münchen.de"),
        ("HTTPS://Example.ORG", "HTTPS://Example.ORG"),
        ("http://example.org", "http://example.org"),
        # Not addresses: they stay what they are, and the door refuses them.
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("JaVaScRiPt:alert(document.domain)", "JaVaScRiPt:alert(document.domain)"),
        ("java script:a.b", "java script:a.b"),
        ("data:text/html,a.b", "data:text/html,a.b"),
        ("mailto:me@example.org", "mailto:me@example.org"),
        ("me@example.org", "me@example.org"),
        ("none", "none"),
        ("", ""),
    ],
)
def test_a_website_without_a_scheme_gets_one(typed: str, meant: str) -> None:
    assert websites.completed(typed) == meant
