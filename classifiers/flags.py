"""Facts about a whole submission that do not lie in its wording, by name.

The names appear in explanations, so they are written for moderators. An unknown field
raises no flag.
"""

import re

from classifiers.fields import Submission, host_of

FLAGS: tuple[str, ...] = (
    "one link",
    "two links",
    "three to five links",
    "six links or more",
    "link markup",
    "nothing but a link",
    "shorter than 20 characters",
    "shorter than 60 characters",
    "shorter than 200 characters",
    "1000 characters or longer",
    "all capitals",
    "hidden or disguised letters",
    "website given",
    "website left empty",
    "website of a cheap kind",
    "website of a shared platform",
    "website is one page deep inside",
    "website host has hyphens",
    "website host has digits",
    "website host is long",
    "website linked in the text",
    "name given",
    "name has three words or more",
    "name has digits",
    "name has no capital",
    "name holds a domain",
    "name is part of the website",
    "name found in the e-mail",
    "e-mail given",
    "e-mail at a free provider",
    "e-mail at the website's domain",
    "e-mail has many digits",
    "honeypot filled in",
    "sent within 3 seconds",
    "sent within 10 seconds",
    "took a minute or longer",
    "same text seen once lately",
    "same text seen 2 to 4 times lately",
    "same text seen 5 times or more lately",
    "reader without website, short text",
    "website given, short text",
    "website given, no link in a longer text",
    "link in the text and website given",
)
_INDEX = {name: i for i, name in enumerate(FLAGS)}

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
_MARKUP = re.compile(r"<a\s|\[url|\[link", re.I)
# Zero-width and direction marks, mathematical alphabets, full-width and circled letters.
_DISGUISED = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u2460-\u24ff\uff21-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
)
_MANY_DIGITS = re.compile(r"\d\D*\d\D*\d\D*\d")
_NAME_WORD = re.compile(r"\w{4,}")
_SHOUTED, _SHORT, _LONGER, _LONG = 20, 60, 120, 1000
_LONG_HOST = 24


_EDGES_OF_LENGTH = (
    (20, "shorter than 20 characters"),
    (60, "shorter than 60 characters"),
    (200, "shorter than 200 characters"),
)


def flags(comment: Submission) -> list[int]:
    """Return the positions in FLAGS of all that is true of the comment."""
    names = _of_text(comment.text)
    links = comment.text.count("://")
    if comment.url is not None:
        names += _of_website(comment, comment.url, links)
    if comment.author:
        names += _of_name(comment.author, comment.url or "")
    if comment.email:
        names += _of_mail(comment.email, comment)
    names += _of_behaviour(comment)
    return [_INDEX[name] for name in names]


def _of_text(text: str) -> list[str]:
    found = []
    length = len(text)
    for edge, name in _EDGES_OF_LENGTH:
        if length < edge:
            found.append(name)
            break
    if length >= _LONG:
        found.append("1000 characters or longer")
    if links := text.count("://"):
        found.append(_many(links))
        if " " not in text.strip():
            found.append("nothing but a link")
    if ("<" in text or "[" in text) and _MARKUP.search(text):
        found.append("link markup")
    if length >= _SHOUTED and text.isupper():
        found.append("all capitals")
    if not text.isascii() and _DISGUISED.search(text):
        found.append("hidden or disguised letters")
    return found


def _many(links: int) -> str:
    if links == 1:
        return "one link"
    if links == 2:
        return "two links"
    return "three to five links" if links < 6 else "six links or more"


def _of_website(comment: Submission, url: str, links: int) -> list[str]:
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


def _of_name(name: str, url: str) -> list[str]:
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


def _of_mail(email: str, comment: Submission) -> list[str]:
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


def _of_behaviour(comment: Submission) -> list[str]:
    found = []
    if comment.honeypot:
        found.append("honeypot filled in")
    seconds = comment.seconds_on_form
    if seconds is not None:
        if seconds < 3:
            found.append("sent within 3 seconds")
        elif seconds < 10:
            found.append("sent within 10 seconds")
        elif seconds >= 60:
            found.append("took a minute or longer")
    if seen := comment.times_seen:
        if seen < 2:
            found.append("same text seen once lately")
        elif seen < 5:
            found.append("same text seen 2 to 4 times lately")
        else:
            found.append("same text seen 5 times or more lately")
    return found
