"""Each link is counted once, however it is written."""

from __future__ import annotations

import time

import pytest

from classifiers.text.links import find_links, host_of


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
        (
            '<a href="http://a.org/x" rel="nofollow" title="http://a.org/x">http://a.org…</a>',
            ["http://a.org/x"],
        ),
        (
            "<a href=https://a.org https://b.org https://c.org>",
            ["https://a.org", "https://b.org", "https://c.org"],
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
        # Strung together without a blank, or with the marks of a label and no label.
        ("http://a.org,http://b.org", ["http://a.org", "http://b.org"]),
        (
            "http://a.org|www.b.org;http://c.org",
            ["http://a.org", "www.b.org", "http://c.org"],
        ),
        (
            "<a href=https://a.org> https://a.org https://a.org/2",
            ["https://a.org", "https://a.org/2"],
        ),
        ("https://a.org> https://a.org> https://a.org", ["https://a.org"] * 3),
        (
            "<a href='https://a.org'>https://b.org</a>",
            ["https://a.org", "https://b.org"],
        ),
        # Brackets that belong to the address, and those that do not.
        (
            "(see https://en.wikipedia.org/wiki/A_(b)).",
            ["https://en.wikipedia.org/wiki/A_(b)"],
        ),
        # Disguised; and what is no link.
        ("\uff48ttps://a.org h\u200bttps://b.org", ["https://a.org", "https://b.org"]),
        ("hxxps://a.org", ["hxxps://a.org"]),
        ("node.js, etc.So, [1](fig. 2)", []),
    ],
)
def test_each_link_counts_once(text: str, targets: list[str]) -> None:
    assert find_links(text) == targets


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://WWW.A.org./x", "a.org"),
        ("a.org:8080", "a.org"),
        ("https://user:secret@a.org:8080/x@y", "a.org"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("https://", ""),
    ],
)
def test_an_address_has_one_host(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    "unit", ["<a href=x>", "[url=", "](", "www.", "https://", "href="]
)
def test_a_long_text_costs_no_more_than_its_length(unit: str) -> None:
    for end in ("", ")" * 50_000, ".)" * 25_000, "(" * 50_000, " " * 50_000):
        begun = time.process_time()
        find_links(unit * 10_000 + "http://a" + end)
        assert time.process_time() - begun < 1
