"""Facts about a submission that do not lie in its wording."""

import pytest

from classifiers.features.metadata import FLAGS, flags
from classifiers.features.submission import read
from classifiers.text.links import host_of

LONG = "A comment that is long enough to be neither short nor very long, " * 4


@pytest.mark.parametrize(
    ("fields", "raised"),
    [
        # Nothing is known but an unremarkable text.
        ({"text": LONG}, set()),
        # Length.
        ({"text": "Hi"}, {"shorter than 20 characters"}),
        ({"text": "y" * 59}, {"shorter than 60 characters"}),
        ({"text": "y" * 199}, {"shorter than 200 characters"}),
        ({"text": LONG * 4}, {"1000 characters or longer"}),
        # Links.
        ({"text": LONG + "http://a.example"}, {"one link"}),
        ({"text": LONG + "http://a.example https://b.example"}, {"two links"}),
        ({"text": LONG + "http://a.example " * 5}, {"three to five links"}),
        ({"text": LONG + "http://a.example " * 6}, {"six links or more"}),
        ({"text": LONG + "<a href=x>y</a>"}, {"link markup", "one link"}),
        ({"text": LONG + "[url=x]y[/url]"}, {"link markup", "one link"}),
        ({"text": "http://" + "a" * 200}, {"one link", "nothing but a link"}),
        # Manners and disguise.
        ({"text": LONG.upper()}, {"all capitals"}),
        ({"text": LONG + "in\u200bvisible"}, {"hidden or disguised letters"}),
        ({"text": LONG + "\U0001d4ea"}, {"hidden or disguised letters"}),
        ({"text": LONG + "déjà vu, 你好"}, set()),
        # Website.
        ({"text": LONG, "url": ""}, {"website left empty"}),
        (
            {"text": LONG, "url": "https://www.a.example"},
            {"website given", "website given, no link in a longer text"},
        ),
        (
            {"text": "y" * 100, "url": "http://the-best-cheap-pills-24.xyz/buy/now"},
            {
                "shorter than 200 characters",
                "website given",
                "website of a cheap kind",
                "website is one page deep inside",
                "website host has hyphens",
                "website host has digits",
                "website host is long",
            },
        ),
        # Name and mail.
        ({"text": LONG, "author": "Ada"}, {"name given"}),
        (
            {"text": LONG, "author": "buy pills online24"},
            {
                "name given",
                "name has three words or more",
                "name has digits",
                "name has no capital",
            },
        ),
        (
            {"text": LONG, "email": "ada.smith@gmail.com", "author": "Ada Smith"},
            {
                "name given",
                "e-mail given",
                "e-mail at a free provider",
                "name found in the e-mail",
            },
        ),
        (
            {"text": LONG, "email": "x1234@y.example"},
            {"e-mail given", "e-mail has many digits"},
        ),
        # Behaviour.
        ({"text": LONG, "honeypot": True}, {"honeypot filled in"}),
        ({"text": LONG, "honeypot": False}, set()),
        ({"text": LONG, "seconds_on_form": 2.9}, {"sent within 3 seconds"}),
        ({"text": LONG, "seconds_on_form": 9.0}, {"sent within 10 seconds"}),
        ({"text": LONG, "seconds_on_form": 30}, set()),
        ({"text": LONG, "seconds_on_form": 60}, {"took a minute or longer"}),
        ({"text": LONG, "times_seen": 0}, set()),
        ({"text": LONG, "times_seen": 1}, {"same text seen once lately"}),
        ({"text": LONG, "times_seen": 4}, {"same text seen 2 to 4 times lately"}),
        ({"text": LONG, "times_seen": 5}, {"same text seen 5 times or more lately"}),
    ],
)
def test_it_names_what_is_true_of_a_submission(
    fields: dict[str, object], raised: set[str]
) -> None:
    assert {FLAGS[i] for i in flags(read(fields))} == raised


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Example.org/a?b#c", "example.org"),
        ("example.org:8080/x", "example.org"),
        (" //example.org", "example.org"),
        ("", ""),
        ("http://", ""),
    ],
)
def test_it_finds_the_host_however_an_address_is_typed(url: str, host: str) -> None:
    assert host_of(url) == host
