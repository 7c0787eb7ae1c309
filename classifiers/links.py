"""The links in a text, each counted once: the only parser of links in the project.

A link may be bare (``https://…``, ``www.…``), an HTML anchor, BBCode or Markdown. Its
label may show an address too, which is the same link. This module needs nothing but
the standard library, so the service uses it for its rules and its search index.
"""

import re

# Whatever holds none of these holds no link; looking costs a thousandth of the pattern.
_HINTS = ("://", "www.", "href", "[url", "[link")
_LINK = re.compile(
    r"""
    \bhref\s*=\s*["']?(?P<anchor>[^\s"'<>]+)
    | \[(?:url|link)\s*=\s*["']?(?P<code>[^\s\]"']+)
    | \[(?:url|link)\]\s*(?P<bracket>[^\s\[\]]+)
    | (?P<bare>(?:(?:https?|ftp)://|(?<![\w./@-])www\.)[^\s<>"'\[\])]+)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_END_OF_LABEL = re.compile(r"</a\b|\[/(?:url|link)\]", re.IGNORECASE)
_HOST_ENDS = re.compile(r"[/?#:\\]")
_TRAILING = ".,;:!?…"


def find_links(text: str) -> list[str]:
    """The target of each link in `text`, in order; linear in the length of the text."""
    folded = text.lower()
    if not any(hint in folded for hint in _HINTS):
        return []
    found: list[str] = []
    # The target whose label may follow, and where the last match ended.
    labelled, end = "", 0
    for match in _LINK.finditer(text):
        kind = match.lastgroup
        target = match[kind or 0].rstrip(_TRAILING)
        between = text[end : match.start()]
        if labelled and _END_OF_LABEL.search(between):
            labelled = ""
        is_label = (
            bool(labelled) and kind == "bare" and host_of(target) == host_of(labelled)
        )
        is_target_of_label = kind == "bare" and bool(found) and between == "]("
        if not is_label and not is_target_of_label:
            found.append(target)
        elif is_target_of_label:
            # Markdown shows the label first; where the link leads is what counts.
            found[-1] = target
        labelled = target if kind in ("anchor", "code") else labelled
        end = match.end()
    return [each for each in found if host_of(each)]


def host_of(url: str) -> str:
    """The host of an address as people type it, lower case and without ``www.``."""
    rest = url.strip().lower().split("://", 1)[-1].lstrip("/")
    return _HOST_ENDS.split(rest, maxsplit=1)[0].removeprefix("www.")
