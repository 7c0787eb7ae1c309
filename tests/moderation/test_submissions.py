"""When two addresses are the same page."""

from __future__ import annotations

import pytest

from moderation.submissions import page_identity
from tests.factories import a_submission

PAGE = "https://news.example.org/2026/harbour"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        # The scheme, the default port, www and a slash at the end.
        "http://news.example.org/2026/harbour",
        "https://news.example.org:443/2026/harbour",
        "https://www.news.example.org/2026/harbour",
        f"{PAGE}/",
        # Where on the page, and where the reader came from.
        f"{PAGE}#comments",
        f"{PAGE}?utm_source=letter&utm_medium=mail",
        f"{PAGE}?fbclid=abc",
        f"{PAGE}?replytocom=12#respond",
        # Host names have no case.
        "https://News.Example.org/2026/harbour",
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
    ],
)
def test_these_are_other_pages(url: str) -> None:
    assert page_identity(url) != page_identity(PAGE)


def test_the_order_of_parameters_makes_no_page() -> None:
    assert page_identity(f"{PAGE}?a=1&b=2") == page_identity(f"{PAGE}?b=2&a=1")
    assert page_identity(f"{PAGE}?a=1&b=2") != page_identity(f"{PAGE}?a=2&b=1")


def test_a_publisher_may_name_the_thread_whatever_its_address() -> None:
    one = a_submission(thread_id="post-7", thread_url=PAGE)
    other = a_submission(thread_id="post-7", thread_url=f"{PAGE}-moved")

    assert one.thread_identity == other.thread_identity
    assert one.thread_identity != a_submission(thread_url=PAGE).thread_identity
