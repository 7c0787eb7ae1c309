"""The links in a text, each counted once: the only parser of links in the project.

A link may be bare (``https://…``, ``www.…``), an HTML anchor, BBCode or Markdown. Its
label may show an address too, which is the same link. Letters of full width, invisible
ones between and ``hxxp`` hide nothing; a bare domain ("node.js", "etc.So") is prose.
This module needs nothing but the standard library, so the service uses it for its rules
and its search index.
"""

import re
import unicodedata

# Whatever holds none of these holds no link; looking costs a thousandth of the pattern.
_HINTS = ("://", "www.", "href", "[url", "[link")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LINK = re.compile(
    r"""
    \bhref\s{0,9}=\s{0,9}["']?(?P<anchor>[^\s"'<>]+)(?:\s{0,3}["'])?
        # A title or a source may be an address too, and is no other link.
        (?: \s{1,9}[\w-]{1,20}\s{0,3}=\s{0,3}
            (?:"[^"<>]{0,300}"|'[^'<>]{0,300}'|[^\s"'<>]{1,300}) ){0,9}
    | \[(?:url|link)\s{0,9}=\s{0,9}["']?(?P<code>[^\s\]"']+)
    | \[(?:url|link)\]\s{0,9}(?P<bracket>[^\s\[\]]+)
    | (?P<bare>
        (?: (?:https?|hxxps?|ftp):// (?:\[[0-9a-f:.]{2,45}\])? | (?<![\w./@-])www\.(?=\w) )
        # Many may be strung together without a blank.
        (?: (?! [,;|(] (?:https?://|www\.) ) [^\s<>"'\[\]] )*
      )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What stands between a target and its label, and the other way round in Markdown.
_TO_LABEL = re.compile(r"""["']?[^<>\[\]]{0,200}[>\]]\s{0,9}""")
_TO_TARGET = re.compile(r"[)]?\]\(\s{0,9}<?")
_BEFORE_HOST = re.compile(r"[/?#\\]")
_HOST_ENDS = re.compile(r"[:()]")
_TRAILING = ".,;:!?…"


def find_links(text: str) -> list[str]:
    """The target of each link in `text`, in order; linear in the length of the text."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    folded = text.lower()
    if not any(hint in folded for hint in _HINTS):
        return []
    found: list[str] = []
    # The target that a label may follow, once; whether the last match may be a label.
    labelled, is_label, end = "", False, 0
    for match in _LINK.finditer(text):
        kind = match.lastgroup or "bare"
        target = _trimmed(match[kind])
        between = text[end : match.start(kind)]
        end = match.start(kind) + len(target) if kind == "bare" else match.end()
        if not host_of(target):
            continue
        if kind != "bare":
            found.append(target)
        elif is_label and _TO_TARGET.fullmatch(between):
            # Markdown shows the label first; where the link leads is what counts.
            found[-1] = target
            is_label = False
            continue
        elif not (
            labelled
            and host_of(target) == host_of(labelled)
            and _TO_LABEL.fullmatch(between)
        ):
            found.append(target)
        is_label = kind == "bare"
        labelled = target if kind in ("anchor", "code") else ""
    return found


def host_of(url: str) -> str:
    """The host of an address as people type it, lower case and without ``www.``."""
    rest = url.strip().lower().split("://", 1)[-1].lstrip("/")
    place = _BEFORE_HOST.split(rest, maxsplit=1)[0].rpartition("@")[2]
    if place.startswith("["):
        return place.partition("]")[0][1:]
    host = _HOST_ENDS.split(place, maxsplit=1)[0]
    return host.rstrip(".").removeprefix("www.")


def _trimmed(target: str) -> str:
    """Without what belongs to the sentence: its punctuation and closing brackets."""
    end, unopened = len(target), target.count(")") - target.count("(")
    while end and (
        target[end - 1] in _TRAILING or (target[end - 1] == ")" and unopened > 0)
    ):
        end -= 1
        unopened -= target[end] == ")"
    return target[:end]
