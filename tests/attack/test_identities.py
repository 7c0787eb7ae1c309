"""What the service makes of an address before it trusts it."""

from __future__ import annotations

from urllib.parse import urlsplit

from moderation.sites.page_addresses import IDENTITY_MAX_BYTES, page_identity
from moderation.sites.urls import origin_of
from tests.factories import ARTICLE, ORIGIN

HOST = "news.example.org"


def test_an_origin_is_what_a_browser_makes_of_an_address() -> None:
    assert origin_of("HTTPS://News.Example.ORG:443/a") == ORIGIN
    assert origin_of("https://news.example.org:8443") == f"{ORIGIN}:8443"
    assert origin_of("http://[2001:DB8::1]:80/") == "http://[2001:db8::1]"


def test_a_long_identity_is_short_and_still_tells_pages_apart() -> None:
    one, two = (page_identity(f"{ARTICLE}/{'a' * 3_000}{end}") for end in "xy")
    assert one != two
    assert len(one.encode()) <= IDENTITY_MAX_BYTES
    assert page_identity(f"{ARTICLE}?a=1") == f"{HOST}{urlsplit(ARTICLE).path}?a=1"
