"""Facts about a whole submission that do not lie in its wording, by name.

The names appear in explanations, so they are written for moderators. An unknown field
raises no flag.
"""

import re

from classifiers.features import senders
from classifiers.features.submission import Submission
from classifiers.text.links import find_links

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

_MARKUP = re.compile(r"<a\s|\[url|\[link", re.I)
# Zero-width and direction marks, mathematical alphabets, full-width and circled letters.
_DISGUISED = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u2460-\u24ff\uff21-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
)
_SHOUTED, _LONG = 20, 1000


_EDGES_OF_LENGTH = (
    (20, "shorter than 20 characters"),
    (60, "shorter than 60 characters"),
    (200, "shorter than 200 characters"),
)


def flags(comment: Submission) -> list[int]:
    """Return the positions in FLAGS of all that is true of the comment."""
    links = len(find_links(comment.text))
    names = _of_text(comment.text, links)
    if comment.url is not None:
        names += senders.of_website(comment, comment.url, links)
    if comment.author:
        names += senders.of_name(comment.author, comment.url or "")
    if comment.email:
        names += senders.of_mail(comment.email, comment)
    names += _of_behaviour(comment)
    return [_INDEX[name] for name in names]


def _of_text(text: str, links: int) -> list[str]:
    found = []
    length = len(text)
    for edge, name in _EDGES_OF_LENGTH:
        if length < edge:
            found.append(name)
            break
    if length >= _LONG:
        found.append("1000 characters or longer")
    if links:
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
