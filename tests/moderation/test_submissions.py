"""When two addresses are the same page, and two hosts the same origin."""

from __future__ import annotations

import pytest

from moderation.sites.page_addresses import PageRules, identities, page_identity
from moderation.sites.urls import origin_of
from moderation.storage.database import Database
from tests.factories import ORIGIN, a_draft, a_site

PAGE = "https://news.example.org/2026/harbour"
RUSSIAN = f"{ORIGIN}/%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        # The scheme, the default port, www and a slash at the end.
        "http://news.example.org/2026/harbour",
        "https://news.example.org:443/2026/harbour",
        "https://www.news.example.org/2026/harbour",
        f"{PAGE}/",
        # Slashes too many, the name of an index page, the root of all names.
        "https://news.example.org//2026///harbour",
        f"{PAGE}/index.html",
        f"{PAGE}//Index.PHP",
        "https://news.example.org./2026/harbour",
        # Where on the page, and where the reader came from.
        f"{PAGE}#comments",
        f"{PAGE}?utm_source=letter&utm_medium=mail",
        f"{PAGE}?fbclid=abc",
        f"{PAGE}?replytocom=12#respond",
        f"{PAGE}?msclkid=1",
        f"{PAGE}?gbraid=1&wbraid=2",
        f"{PAGE}?yclid=1",
        f"{PAGE}?igsh=1",
        f"{PAGE}?ttclid=1",
        f"{PAGE}?_gl=1*x",
        f"{PAGE}?srsltid=1",
        f"{PAGE}?mtm_source=1",
        f"{PAGE}?pk_campaign=1",
        f"{PAGE}?at_medium=1",
        f"{PAGE}?xtor=1",
        f"{PAGE}?si=1",
        f"{PAGE}?UTM_SOURCE=x&FbClid=y",
        f"{PAGE}?cb=1",
        f"{PAGE}?from=singlemessage&isappinstalled=0",
        # Host names have no case.
        "https://News.Example.org/2026/harbour",
        # Letters that need no encoding.
        "https://news.example.org/2026/%68arbour",
    ],
)
def test_these_are_one_page(url: str) -> None:
    assert page_identity(url) == page_identity(PAGE)


@pytest.mark.parametrize(
    "url",
    [
        # Another path, another case of a path, another host, another port.
        f"{PAGE}s",
        "https://news.example.org/2026/Harbour",
        "https://blog.example.org/2026/harbour",
        "https://news.example.org:8443/2026/harbour",
        # A parameter that may name a page.
        f"{PAGE}?p=123",
        f"{PAGE}?p=124",
        f"{PAGE}?from=2026",
        f"{PAGE}?utm",
        # A slash within a name is no slash, and an index page is the last part.
        "https://news.example.org/2026%2Fharbour",
        f"{PAGE}/index.html/2",
    ],
)
def test_these_are_other_pages(url: str) -> None:
    assert page_identity(url) != page_identity(PAGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Typed, encoded, and encoded in small letters.
        (f"{ORIGIN}/статья", RUSSIAN),
        (RUSSIAN.replace("%D", "%d"), RUSSIAN),
        # Composed and decomposed.
        (f"{ORIGIN}/caf\u00e9?q=\u00e9", f"{ORIGIN}/cafe\u0301?q=e%CC%81"),
        # Names of hosts in their own letters and as the network knows them.
        ("https://müller.example/a", "https://xn--mller-kva.example/a"),
        ("https://MÜLLER.example./a", "https://www.xn--mller-kva.example/a"),
        ("https://fu\u00dfball.example/a", "https://xn--fuball-cta.example/a"),
    ],
)
def test_one_page_may_be_written_in_two_ways(one: str, other: str) -> None:
    assert page_identity(one) == page_identity(other)


def test_bytes_that_are_no_letters_stay_apart() -> None:
    ways = (f"{PAGE}/%ff", f"{PAGE}/%fe", f"{PAGE}?a=%ff", f"{PAGE}?a=%fe")

    assert len({page_identity(url) for url in ways}) == len(ways)


def test_the_order_of_parameters_makes_no_page() -> None:
    assert page_identity(f"{PAGE}?a=1&b=2") == page_identity(f"{PAGE}?b=2&a=1")
    assert page_identity(f"{PAGE}?a=1&b=2") != page_identity(f"{PAGE}?a=2&b=1")


def test_a_site_says_what_else_names_no_page_and_whether_index_pages_are_their_own() -> (
    None
):
    rules = PageRules(tracking=("cid", "x_*"), folds_index_pages=False)

    assert page_identity(f"{PAGE}?CID=7&x_a=1", rules) == page_identity(PAGE)
    assert page_identity(f"{PAGE}?cid=7") != page_identity(PAGE)
    assert page_identity(f"{PAGE}/index.html", rules) != page_identity(PAGE)


def test_a_page_whose_name_did_not_change_has_one() -> None:
    assert identities(f"{PAGE}?p=1") == ("news.example.org/2026/harbour?p=1",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://müller.example", "https://xn--mller-kva.example"),
        ("https://MÜLLER.example:443/a", "https://xn--mller-kva.example"),
        ("https://news.example.org.", "https://news.example.org"),
        ("https://例え。テスト", "https://xn--r8jz45g.xn--zckzah"),
    ],
)
def test_these_are_one_origin(one: str, other: str) -> None:
    assert origin_of(one) == origin_of(other) == other


@pytest.mark.parametrize("host", ["a..ü", "ü" * 70, ".", "\u200b"])
def test_a_host_that_no_browser_opens_is_no_origin(host: str) -> None:
    assert origin_of(f"https://{host}") is None


def test_a_publisher_may_name_the_thread_whatever_its_address(
    database: Database,
) -> None:
    with database.write() as conn:
        site = a_site(conn)
    one = a_draft(site, thread_id="post-7", thread_url=PAGE)
    other = a_draft(site, thread_id="post-7", thread_url=f"{PAGE}-moved")

    assert one.thread_names == other.thread_names
    assert one.thread_names != a_draft(site, thread_url=PAGE).thread_names
