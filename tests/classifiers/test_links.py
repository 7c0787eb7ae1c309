"""Each link is counted once, however it is written."""

from __future__ import annotations

import pytest

from classifiers.links import find_links


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("no link at all, a.org and me@www.org", []),
        ("see https://www.a.org", ["https://www.a.org"]),
        ("see https://a.org/x.", ["https://a.org/x"]),
        ("see www.a.org, and (http://b.org/y)", ["www.a.org", "http://b.org/y"]),
        ('<a href="https://www.a.org/x">here</a>', ["https://www.a.org/x"]),
        ("<a href='https://a.org'>https://www.a.org</a>", ["https://a.org"]),
        (
            '<a href="https://a.org">a</a> https://a.org',
            ["https://a.org", "https://a.org"],
        ),
        ("<A HREF = HTTPS://A.ORG>x</A>", ["HTTPS://A.ORG"]),
        ("[url=https://a.org]https://a.org[/url]", ["https://a.org"]),
        ("[url]https://a.org[/url] [link=b.org]b[/link]", ["https://a.org", "b.org"]),
        ("[a](https://a.org) and [b](http://b.org)", ["https://a.org", "http://b.org"]),
        ("[https://a.org](https://b.org)", ["https://b.org"]),
        ("<https://a.org>", ["https://a.org"]),
        ("https://münchen.de/ü ftp://f.org", ["https://münchen.de/ü", "ftp://f.org"]),
        ("http://a.org http://a.org", ["http://a.org", "http://a.org"]),
        ('<a href="">x</a> href=', []),
        ("http:// and www. alone", []),
        (
            "https://web.archive.org/web/http://a.org",
            ["https://web.archive.org/web/http://a.org"],
        ),
    ],
)
def test_each_link_counts_once(text: str, targets: list[str]) -> None:
    assert find_links(text) == targets


@pytest.mark.parametrize(
    "unit", ["<a href=x>", "[url=", "](", "www.", "https://", "href="]
)
def test_a_long_text_costs_no_more_than_its_length(unit: str) -> None:
    text = unit * 20_000
    assert len(find_links(text)) <= 20_000
