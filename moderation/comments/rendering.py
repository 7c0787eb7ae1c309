"""Untrusted text to HTML: the one way to the page."""

from __future__ import annotations

import re
from html import escape
from itertools import islice

import nh3
from markdown_it import MarkdownIt

TAGS = {
    *("p", "br", "em", "strong", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a"),
}
# Any of these may mean Markdown or HTML; text without them is only paragraphs.
_MARKUP = re.compile(
    r"[*_`\[\]<>&#~|\\]|^[ \t]*(?:[-+=]|\d+[.)])|^ {4}|^\t|://|www\.", re.M
)
# Each may begin something that the parser looks for to the end of the text, again and
# again. Who writes more of them than this writes no Markdown.
SIGNS_MAX = 400
_SIGN = re.compile(
    r"[*_`~<&\\\[\]]|^[ \t]*(?:[-+>]|\d+[.)])|(?<=[>+-] )[>+-]|://", re.M
)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")

# What most visitors know how to write; no images, no raw HTML, no headings. Without
# `reference` a line like "[a]: b" stays what it says instead of vanishing.
_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
    .disable(["image", "heading", "lheading", "hr", "reference"])
    .disable(["html_block", "html_inline"])
    .enable(["strikethrough"])
)
_BARE_LINK = re.compile(r"(?<![\w(<\[\"'])(https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?])")
_cleaner = nh3.Cleaner(
    tags=TAGS,
    # The library would let titles through on every tag.
    attributes={"a": {"href"}, "*": set()},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener noreferrer",
)


def _is_overloaded(text: str) -> bool:
    """Whether there are more signs of Markdown than the parser should see."""
    return next(islice(_SIGN.finditer(text), SIGNS_MAX, None), None) is not None


def render(text: str) -> str:
    """HTML of a comment: paragraphs, links and simple Markdown, sanitised.

    Most comments are plain prose; those skip the Markdown parser, which costs more
    than everything else that happens to a comment at the door. So does a text with
    hundreds of signs that Markdown might mean something by.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _MARKUP.search(text) and not _is_overloaded(text):
        html = _markdown.render(_BARE_LINK.sub(r"<\1>", text))
    else:
        html = "".join(
            f"<p>{escape(part.strip()).replace(chr(10), '<br>')}</p>"
            for part in _PARAGRAPHS.split(text)
        )
    return _cleaner.clean(html).strip()
