"""The checks at the door, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from moderation.comments import guard
from moderation.comments.guard import FormContext, ThreadContext
from moderation.comments.submission import Channel
from moderation.errors import Refused
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.sites.word_lists import Pattern
from tests.factories import ARTICLE, ORIGIN, a_submission

LONG = "x" * 3000


def a_visit(
    *,
    seconds: float | None = 30.0,
    settings: SiteSettings | None = None,
    **wanted: object,
) -> FormContext:
    """A submission that no check objects to, but for what is wanted otherwise."""
    site = Site(
        id=1,
        key="news",
        name="The News",
        origins=(ORIGIN,),
        settings=settings or SiteSettings(),
        key_generation=1,
        blocked=Pattern.of(()),
        suspect=Pattern.of(()),
    )
    return FormContext(
        submission=a_submission(**wanted),  # type: ignore[arg-type]
        site=site,
        seconds_on_form=seconds,
        form_min_seconds=2.0,
        form_max_seconds=3600.0,
    )


def refusal(visit: FormContext) -> str | None:
    """The code of the first refusal."""
    try:
        guard.check(visit)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        # A page of the site, with everything filled in.
        ({}, None),
        # A server sends no Origin.
        ({"origin": None}, None),
        # Case and the default port do not make another origin.
        ({"origin": "HTTPS://News.Example.ORG:443"}, None),
        # Another site, another scheme, another port, a sandboxed frame, nonsense.
        ({"origin": "https://evil.example"}, "origin_not_allowed"),
        ({"origin": "http://news.example.org"}, "origin_not_allowed"),
        ({"origin": "https://news.example.org:8443"}, "origin_not_allowed"),
        ({"origin": "null"}, "origin_not_allowed"),
        ({"origin": "https://["}, "origin_not_allowed"),
        # A name that only begins like the site's.
        ({"origin": f"{ORIGIN}.evil.example"}, "origin_not_allowed"),
        # No page, not a page, another site's page, too long an address.
        ({"thread_url": ""}, "thread_missing"),
        ({"thread_url": "javascript:alert(1)"}, "thread_invalid"),
        ({"thread_url": "https://other.example/a"}, "thread_not_on_site"),
        ({"thread_url": f"{ARTICLE}/{LONG}"}, "thread_invalid"),
        ({"thread_id": "7" * 201}, "thread_invalid"),
        # The longest title, and one letter more.
        ({"thread_title": "t" * 500}, None),
        ({"thread_title": "t" * 501}, "title_too_long"),
        # Something filled in what nobody can see.
        ({"honeypot": True}, "honeypot"),
        # One letter, the longest text, one letter more.
        ({"text": "x"}, None),
        ({"text": "x" * 10_000}, None),
        ({"text": "x" * 10_001}, "text_too_long"),
        # Letters count, not bytes.
        ({"text": "😀" * 10_000}, None),
        ({"name": ""}, "name_missing"),
        ({"name": "n" * 100}, None),
        ({"name": "n" * 101}, "name_too_long"),
        # The HTML form asks for an address; the API does not.
        ({"email": ""}, "email_missing"),
        ({"email": "", "door": Channel.BROWSER}, None),
        ({"email": "", "door": Channel.SERVER}, None),
        # Not addresses.
        ({"email": "reader"}, "email_invalid"),
        ({"email": "a@b@c.org"}, "email_invalid"),
        ({"email": "reader@" + "d" * 250 + ".org"}, "email_invalid"),
        # Addresses of other scripts are addresses.
        ({"email": "läser@tidning.example.org"}, None),
        # A website is optional, but it must be one.
        ({"url": ""}, None),
        ({"url": "https://reader.example/me"}, None),
        ({"url": "javascript:alert(1)"}, "url_invalid"),
        ({"url": "a reader"}, "url_invalid"),
        ({"url": f"https://reader.example/{LONG}"}, "url_invalid"),
    ],
)
def test_the_first_check_that_objects_refuses(
    wanted: Mapping[str, object], code: str | None
) -> None:
    assert refusal(a_visit(**wanted)) == code


# What is a letter, a symbol or a control by its category, and blank to the eye.
UNSEEN = [
    *("", "\u200b\u200d\u2060", "\u3164", "\ufeff", "\u2800\u2800", "\u202e", "\u115f"),
    *("\uffa0", "\u00ad", "\u2065", "\U000e0041", "\ufe0f", "\u0301", "\u2028"),
]


@pytest.mark.parametrize("text", [*UNSEEN, "&nbsp;", "&#8203;&ZeroWidthSpace;"])
def test_a_text_in_which_nothing_is_seen_is_missing(text: str) -> None:
    visit = a_visit()

    empty = replace(visit, submission=replace(visit.submission, text=text))

    assert refusal(empty) == "text_missing"


@pytest.mark.parametrize("name", UNSEEN)
def test_a_name_of_which_nothing_is_seen_is_missing(name: str) -> None:
    assert refusal(a_visit(name=name)) == "name_missing"


@pytest.mark.parametrize(
    "text", ["!", "\U0001f44d", "\U0001fa77", "कम", "7", "&lt;", "\ue000"]
)
def test_whatever_leaves_ink_is_a_text(text: str) -> None:
    assert refusal(a_visit(text=text)) is None


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("o'connor@example.org", None),
        ("a+b@example.org", None),
        ("x@example.fitness", None),
        ("hügo@müller.berlin", None),
        ("user@xn--mller-kva.de", None),
        ("a@b", "email_invalid"),
        ("a b@c.de", "email_invalid"),
    ],
)
def test_addresses_that_people_have_are_addresses(email: str, code: str | None) -> None:
    assert refusal(a_visit(email=email)) == code


@pytest.mark.parametrize(
    ("token", "seconds", "code"),
    [
        # A form of ours that was open for a while.
        ("ours", 30.0, None),
        # Exactly as long as it must and as long as it may.
        ("ours", 2.0, None),
        ("ours", 3600.0, None),
        # Sent back by a program, kept for days, made by somebody else.
        ("ours", 1.9, "form_too_fast"),
        ("ours", 3600.1, "form_too_old"),
        ("theirs", None, "form_token_invalid"),
        # From the future: a clock was put back; nobody else could sign it.
        ("ours", -60.0, None),
        # None at all is no refusal by itself.
        ("", None, None),
    ],
)
def test_a_form_is_neither_too_quick_nor_too_old(
    token: str, seconds: float | None, code: str | None
) -> None:
    assert refusal(a_visit(form_token=token, seconds=seconds)) == code


@pytest.mark.parametrize(
    ("settings", "wanted", "code"),
    [
        # A site may want every form to be ours; a server has no form.
        (SiteSettings(requires_form_token=True), {}, "form_token_missing"),
        (SiteSettings(requires_form_token=True), {"door": Channel.SERVER}, None),
        # It may want an address at every door, or at none.
        (
            SiteSettings(requires_email=True),
            {"email": "", "door": Channel.BROWSER},
            "email_missing",
        ),
        (SiteSettings(form_requires_email=False), {"email": ""}, None),
    ],
)
def test_a_site_may_ask_for_more_or_for_less(
    settings: SiteSettings, wanted: Mapping[str, object], code: str | None
) -> None:
    visit = a_visit(settings=settings, seconds=None, **wanted)

    assert refusal(visit) == code


def test_a_form_hears_of_everything_that_is_wrong_at_once() -> None:
    visit = a_visit(name="", email="reader", url="reader.example")

    codes = [each.code for each in guard.refusals(visit)]

    assert codes == ["name_missing", "email_invalid", "url_invalid"]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        # An open thread in which this is new.
        (ThreadContext(True, False, False), None),
        # What only the store knows, in the order in which it matters to a visitor.
        (ThreadContext(False, True, True), "thread_closed"),
        (ThreadContext(True, True, True), "parent_unknown"),
        (ThreadContext(True, False, True), "duplicate"),
    ],
)
def test_the_store_may_object_as_well(place: ThreadContext, code: str | None) -> None:
    refused = guard.check_place(place)

    assert (refused and refused.code) == code
