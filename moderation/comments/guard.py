"""Refuse at the door: the ordered checks a submission passes before it is stored.

Pure: each check gets all it may look at and returns the refusal, or None. The
first refusal wins. Checks never judge what a comment says; that is the policy's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from moderation.comments import names
from moderation.comments.submission import Channel, Submission
from moderation.errors import Refused
from moderation.sites.site import Site
from moderation.sites.urls import origin_of

TEXT_MAX = 10_000
NAME_MAX = 100
EMAIL_MAX = 254
LOCAL_MAX = 64
URL_MAX = 2048
TITLE_MAX = 500

_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")


@dataclass(frozen=True)
class FormContext:
    """A submission with what the service knows at the door, without the database."""

    submission: Submission
    site: Site
    # Seconds since the form was opened; None when there is no token of ours.
    seconds_on_form: float | None
    form_min_seconds: float
    form_max_seconds: float


@dataclass(frozen=True)
class ThreadContext:
    """Where a submission would be stored, as the writing transaction sees it."""

    thread_is_open: bool
    parent_is_missing: bool
    seen_in_thread: bool


Check = Callable[[FormContext], Refused | None]
PlaceCheck = Callable[[ThreadContext], Refused | None]


def origin_is_allowed(visit: FormContext) -> Refused | None:
    """A page that posts must be one of the site's; a server sends no Origin."""
    origin = visit.submission.origin
    if origin is None or origin_of(origin) in visit.site.origins:
        return None
    return Refused("origin_not_allowed", origin=origin[:100])


def thread_belongs_to_site(visit: FormContext) -> Refused | None:
    """A thread's address is a page of the site, else anyone could open any thread."""
    url = visit.submission.thread_url
    if not url:
        return Refused("thread_missing", field="thread")
    if len(url) > URL_MAX or len(visit.submission.thread_id) > 200:
        return Refused("thread_invalid", field="thread")
    origin = origin_of(url)
    if origin is None:
        return Refused("thread_invalid", field="thread")
    if origin not in visit.site.origins:
        return Refused("thread_not_on_site", field="thread", origin=origin)
    return None


def honeypot_is_empty(visit: FormContext) -> Refused | None:
    """A field that nobody can see was filled in."""
    return Refused("honeypot") if visit.submission.honeypot else None


def form_token_is_ours(visit: FormContext) -> Refused | None:
    """A token that we did not sign; none at all only where the site demands one."""
    if not visit.submission.form_token:
        demanded = visit.site.settings.requires_form_token
        if demanded and visit.submission.door is not Channel.SERVER:
            return Refused("form_token_missing")
        return None
    return Refused("form_token_invalid") if visit.seconds_on_form is None else None


def form_was_open_long_enough(visit: FormContext) -> Refused | None:
    """Nobody types a comment in a second."""
    seconds = visit.seconds_on_form
    # A form that will be opened tomorrow has a clock that was put back since.
    if seconds is None or seconds < 0 or seconds >= visit.form_min_seconds:
        return None
    return Refused("form_too_fast", seconds=visit.form_min_seconds)


def form_is_not_stale(visit: FormContext) -> Refused | None:
    """Old tokens are what replayed forms have."""
    seconds = visit.seconds_on_form
    if seconds is None or seconds <= visit.form_max_seconds:
        return None
    return Refused("form_too_old")


def text_has_a_length(visit: FormContext) -> Refused | None:
    """1 to 10,000 characters once the blanks around are gone, one of them to be seen."""
    return text_refusal(visit.submission.text)


def name_has_a_length(visit: FormContext) -> Refused | None:
    """1 to 100 characters, one of them to be seen."""
    length = len(visit.submission.name)
    if not names.is_visible(visit.submission.name):
        return Refused("name_missing", field="name")
    if length > NAME_MAX:
        return Refused("name_too_long", field="name", length=length, limit=NAME_MAX)
    return None


def email_is_an_address(visit: FormContext) -> Refused | None:
    """Looks like an address, where there is one; there must be one if demanded."""
    submission, settings = visit.submission, visit.site.settings
    if not submission.email:
        demanded = (
            settings.requires_email
            or submission.notify
            or (submission.door is Channel.FORM and settings.form_requires_email)
        )
        return Refused("email_missing", field="email") if demanded else None
    if len(submission.email) > EMAIL_MAX or not _is_email(submission.email):
        return Refused("email_invalid", field="email")
    return None


def url_is_an_address(visit: FormContext) -> Refused | None:
    """A website is http or https, or left out."""
    url = visit.submission.url
    if not url:
        return None
    if len(url) > URL_MAX or origin_of(url) is None:
        return Refused("url_invalid", field="url")
    return None


def title_has_a_length(visit: FormContext) -> Refused | None:
    """At most 500 characters."""
    if len(visit.submission.thread_title) > TITLE_MAX:
        return Refused("title_too_long", field="thread", limit=TITLE_MAX)
    return None


CHECKS: tuple[Check, ...] = (
    # Is this a page of the site?
    origin_is_allowed,
    thread_belongs_to_site,
    title_has_a_length,
    # Was it a person with our form?
    honeypot_is_empty,
    form_token_is_ours,
    form_was_open_long_enough,
    form_is_not_stale,
    # Is it filled in?
    text_has_a_length,
    name_has_a_length,
    email_is_an_address,
    url_is_an_address,
)


def thread_is_open(place: ThreadContext) -> Refused | None:
    """The publisher closed the discussion."""
    return None if place.thread_is_open else Refused("thread_closed")


def parent_is_there(place: ThreadContext) -> Refused | None:
    """The comment replied to is a visible one of the same thread."""
    return Refused("parent_unknown") if place.parent_is_missing else None


def said_once(place: ThreadContext) -> Refused | None:
    """The same words by the same author in the same thread."""
    return Refused("duplicate", field="text") if place.seen_in_thread else None


PLACE_CHECKS: tuple[PlaceCheck, ...] = (thread_is_open, parent_is_there, said_once)


def check(visit: FormContext) -> None:
    """Raise the first refusal, if any."""
    for ask in CHECKS:
        if refusal := ask(visit):
            raise refusal


def refusals(visit: FormContext) -> list[Refused]:
    """Every refusal: a form shows all that is wrong with it at once."""
    return [refusal for ask in CHECKS if (refusal := ask(visit))]


def text_refusal(text: str) -> Refused | None:
    """What is wrong with the length of a trimmed text, if anything."""
    if len(text) > TEXT_MAX:
        return Refused("text_too_long", field="text", length=len(text), limit=TEXT_MAX)
    if not names.is_visible(text):
        return Refused("text_missing", field="text")
    return None


def check_place(place: ThreadContext) -> Refused | None:
    """The first refusal that only the database could know, if any."""
    return next((refusal for ask in PLACE_CHECKS if (refusal := ask(place))), None)


def _is_email(text: str) -> bool:
    """Plain addresses of a known domain need no second look at the domain."""
    local, _, domain = text.rpartition("@")
    if len(local) <= LOCAL_MAX and _PLAIN_LOCAL.fullmatch(local):
        return _is_mail_domain(domain)
    return _is_valid(text)


@lru_cache(maxsize=4096)
def _is_mail_domain(domain: str) -> bool:
    return _is_valid(f"someone@{domain}")


def _is_valid(address: str) -> bool:
    try:
        # Whether the domain can receive mail is asked when mail is sent, not here.
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
