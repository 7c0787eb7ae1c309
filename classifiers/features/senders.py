"""Facts about who sends a comment: name, website and e-mail address, for `flags`."""

import re

from classifiers.features.submission import Submission
from classifiers.text.links import host_of

_CHEAP = re.compile(
    r"\.(?:top|xyz|info|biz|online|site|shop|club|win|vip|icu|click|link|live|pro|store|buzz)$"
)
_PLATFORMS = re.compile(
    r"(?:^|\.)(?:blogspot|wordpress|tumblr|facebook|twitter|youtube|medium|github|livejournal|weebly|wix|google)\."
)
_FREE_MAIL = re.compile(
    r"^(?:gmail|googlemail|yahoo|hotmail|outlook|live|msn|aol|mail|gmx|web|yandex|icloud|me|qq|163|126|protonmail|rediffmail|ymail|rambler|bk|inbox)\."
)
_DOMAIN = re.compile(
    r"\w\.(?:com|net|org|info|biz|ru|co|us|uk|de|in|cn|io|top|xyz|shop)\b", re.I
)
_MANY_DIGITS = re.compile(r"\d\D*\d\D*\d\D*\d")
_NAME_WORD = re.compile(r"\w{4,}")
_SHORT, _LONGER = 60, 120
_LONG_HOST = 24


def of_website(comment: Submission, url: str, links: int) -> list[str]:
    """Name what is true of the website, given or left empty, beside a text with links."""
    short = len(comment.text) < _SHORT
    host = host_of(url)
    if not host:
        return ["website left empty"] + ["reader without website, short text"] * short
    found = ["website given", *_of_host(host)]
    if short:
        found.append("website given, short text")
    elif not links and len(comment.text) >= _LONGER:
        found.append("website given, no link in a longer text")
    if links:
        found.append("link in the text and website given")
        if host in comment.text.lower():
            found.append("website linked in the text")
    if url.strip().rstrip("/").count("/") > 2:
        found.append("website is one page deep inside")
    return found


def _of_host(host: str) -> list[str]:
    found = []
    if _CHEAP.search(host):
        found.append("website of a cheap kind")
    if _PLATFORMS.search(host):
        found.append("website of a shared platform")
    if host.count("-") > 1:
        found.append("website host has hyphens")
    if any(map(str.isdigit, host)):
        found.append("website host has digits")
    if len(host) > _LONG_HOST:
        found.append("website host is long")
    return found


def of_name(name: str, url: str) -> list[str]:
    """Name what is true of a name beside a website."""
    found = ["name given"]
    if len(name.split()) > 2:
        found.append("name has three words or more")
    if any(map(str.isdigit, name)):
        found.append("name has digits")
    if name.islower():
        found.append("name has no capital")
    if "." in name and _DOMAIN.search(name):
        found.append("name holds a domain")
    if url:
        host = host_of(url)
        if any(word in host for word in _NAME_WORD.findall(name.lower())):
            found.append("name is part of the website")
    return found


def of_mail(email: str, comment: Submission) -> list[str]:
    """Name what is true of an e-mail address beside the rest."""
    found = ["e-mail given"]
    local, _, domain = email.lower().rpartition("@")
    if _FREE_MAIL.match(domain):
        found.append("e-mail at a free provider")
    if comment.url and domain and domain == host_of(comment.url):
        found.append("e-mail at the website's domain")
    if _MANY_DIGITS.search(local):
        found.append("e-mail has many digits")
    words = _NAME_WORD.findall((comment.author or "").lower())
    if any(word in local for word in words):
        found.append("name found in the e-mail")
    return found
