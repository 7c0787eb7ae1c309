"""What hostile comments are made of; `tests.attack.families` puts it together."""

from __future__ import annotations

CALL = "alert(1)"
EVIL = "//evil.example"
CORE = f"<img src=x onerror={CALL}>"

TAGS_AND_EVENTS = (
    *(("img src=x", each) for each in ("onerror", "onload", "onpointerenter")),
    *(("svg", each) for each in ("onload", "onclick", "onfocusin")),
    *(("body", each) for each in ("onload", "onpageshow", "onhashchange", "onresize")),
    *(("input autofocus", each) for each in ("onfocus", "oninput", "onsearch")),
    *(("video src=x", each) for each in ("onerror", "onloadstart", "onstalled")),
    ("details open", "ontoggle"),
    ("marquee", "onstart"),
    ("object data=x", "onerror"),
    ("iframe", "onload"),
    ("style", "onload"),
    ("link rel=stylesheet href=x", "onerror"),
    ("script src=x", "onerror"),
    ("a href=#x", "onmouseover"),
    ("p contenteditable", "onpaste"),
    ("div draggable=true", "ondragstart"),
    ("div style=animation:x", "onanimationstart"),
    ("div popover", "onbeforetoggle"),
    ("form", "onsubmit"),
    ("dialog open", "onclose"),
)
# How an attribute may be written so that a browser still reads it.
SPELLINGS = (
    "<{tag} {event}={call}>",
    "<{tag}/{event}={call}//",
    "<{tag}\n{event}\n=\n{call}\n>",
    "<{tag}\t{event}='{call}'>",
    '<{tag}\f{event}="{call}"',
    "<{tag} x='>' {event}={call}>",
    "<{tag} {event}={call} <!--",
    "<<{tag} {event}={call}>>",
    "<\x00{tag} {event}={call}>",
    "&lt;{tag} {event}={call}&gt;",
)
# What a template may have opened before the text.
CLOSERS = (
    *('"', "'", "`", '">', "'>", "`>", "-->", "]]>", "*/", "?>", "%>", "}}", ");"),
    *(f"</{tag}>" for tag in ("textarea", "title", "style", "script", "noscript")),
    *(f"</{tag}>" for tag in ("template", "select", "option", "svg", "math", "xmp")),
    *(f"</{tag}>" for tag in ("iframe", "noembed", "plaintext", "button", "label")),
    *("</bdi></p>", "</article></main>", "</q></blockquote>", "</td></tr></table>"),
)
# Ways to write the scheme that runs scripts.
SCHEMES = (
    "javascript:",
    "JAVASCRIPT:",
    "jaVasCript:",
    "\tjavascript:",
    "\x00javascript:",
    "\x1fjavascript:",
    "java\nscript:",
    "java\r\nscript:",
    "javascript\t:",
    "javascript&colon;",
    "&#0000106avascript:",
    "&#x6a;&#x61;vascript:",
    "&Tab;javascript:",
    "j&NewLine;avascript:",
    "\\x6aavascript:",
    "\\u006aavascript:",
    "\u200bjavascript:",
    "\u202ejavascript:",
    "\uff4aavascript:",
    "feed:javascript:",
    "data:text/html,",
    "data:image/svg+xml,<svg/onload=alert(1)>",
    "vbscript:",
    "livescript:",
    "blob:null/",
    "filesystem:",
    "intent://x#Intent;scheme=javascript;end;",
)
LINKS = (
    "[look]({})",
    "[look](<{}> 'title')",
    "![look]({})",
    "<{}>",
    "[a]: {}\n\n[a]",
    "<a href='{}'>look</a>",
    "<form action='{}'><button>look</button></form>",
    "<svg><a xlink:href='{}'><text>look</text></a></svg>",
)
SHEETS = (
    *(
        "=",
        "+",
        "-",
        "@",
        "\t=",
        "\r=",
        " =",
        "'=",
        "=\n",
        "\uff1d",
        "\uff0b",
        "\uff0d",
    ),
    *("%0A-", ";=", ",=", '"=', "|=", "\ufeff="),
)
FORMULAS = (
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://evil.example","look")',
    'IMPORTXML("http://evil.example","//a")',
    "SUM(1,1)*9",
)
EXPRESSIONS = (
    "7*7",
    "self.__class__.__mro__",
    "request.application.__globals__",
    "cycler.__init__.__globals__.os.popen('id').read()",
    "constructor.constructor('alert(1)')()",
    "lipsum.__globals__",
    "config",
)
BRACES = (
    *("{{%s}}", "{%% if %s %%}{%% endif %%}", "${%s}", "#{%s}", "<%%=%s%%>", "{%s}"),
    *("[[%s]]", "@(%s)", "*{%s}", "~{%s}", "{{{%s}}}", "%%{%s}", "{php}%s{/php}"),
)
STYLES = (
    "background:url({evil}/x)",
    "background-image:image-set('{evil}/x' 1x)",
    "position:fixed;inset:0;z-index:9999;background:#f00",
    "width:99999px;height:99999px",
    "margin-left:-9999px",
    "font-size:9999px",
    "display:block;visibility:visible!important",
    "behavior:url({evil}/x.htc)",
    "-moz-binding:url({evil}/x.xml#x)",
    "width:expression(alert(1))",
    "animation:x 1s infinite;transform:scale(99)",
    "content:'\\3c script\\3e alert(1)'",
    "@import url({evil}/x.css)",
    "}}body{{display:none}}*{{color:red",
)
STYLED = (
    '<div style="{}">look</div>',
    "<style>*{{{}}}</style>",
    "<svg><style>*{{{}}}</style></svg>",
    "<link rel=stylesheet href='data:text/css,*{{{}}}'>",
)
HEADERS = (*("\r\n", "\n", "\r", "%0d%0a", "\u2028", "\x85", "\u560a", "\x0b", "\x0c"),)
FIELDS = (
    "Bcc: everybody@evil.example",
    "Content-Type: text/html",
    "Set-Cookie: session=x",
    "Location: //evil.example",
    ".\r\nMAIL FROM:<eve@evil.example>",
    "--boundary\r\nContent-Type: text/html\r\n\r\n" + CORE,
)
# Signs that change how others are shown: directions, joiners, tags, fillers.
MARKS = (
    *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"),
    *("\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u200c", "\u200d", "\u2060"),
    *("\u00ad", "\u034f", "\u180e", "\ufeff", "\ufff9", "\ufffb", "\u2061", "\u206a"),
    *("\U000e0001", "\U000e0020", "\U000e007f", "\ufe0f", "\ufe0e", "\U000e0100"),
    *(
        "\u0300",
        "\u0489",
        "\u20dd",
        "\u1ab0",
        "\u0e33",
        "\u0e47",
        "\u0f74",
        "\U0001d173",
    ),
)
MARKED = ("{0}look", "look{0}", "lo{0}" * 300 + "ok", "{0}" * 900, "a{0}b c{0}d {0}")
LETTERS = (
    *("W", "i", "\u4e00", "\u0645", "\u05d0", "\u0915\u094d", "\u0e01\u0e33", "\ud55c"),
    *("\u1100\u1161", "\ufdfd", "\U0001242b", "\u2e3b", "\u0bf5", "\u1bfc", "\ua9c5"),
    *("👨‍👩‍👧‍👦", "👍🏿", "🏳️‍🌈", "1️⃣", "🇩🇪", "\U0001f468\u200d", "☠︎"),
)
LENGTHS = (400, 3_000, 9_900)
BLOCKS = (
    *(
        "> ",
        "- ",
        "1. ",
        "    ",
        "# ",
        "| ",
        "```\n",
        "~~~ ",
        "***",
        "___",
        "[",
        "![",
        "(",
    ),
    *("<!--", "<![CDATA[", "<?", "<!x ", "\\", "`", "**", "~~", "<", "&", "&#", "]: "),
)
CONTROLS = tuple(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
STRANGE = ("\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\U0010ffff", "\ue000", "\uf8ff")
STATEMENTS = (
    "' OR '1'='1' --",
    "'; DELETE FROM comment; --",
    '" UNION SELECT password_hash FROM moderator --',
    "1); ATTACH DATABASE '/tmp/x' AS x; --",
    "$$; COPY moderator TO PROGRAM 'id'; $$",
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd\x00.png",
    "%s%s%s%n %1$s {0.__class__} {name!r:>{width}}",
    "\x1b]0;title\x07\x1b[2J\x1b[31mred",
    '{"text": "x", "status": "approved"}',
    '\\"},{"id":"0","status":"approved"},{"x":"',
    'status:approved site:* -x "unclosed (NEAR/2 AND OR NOT *',
    "spam>0.8 before: after:9999-99-99 lang:<b>",
    "*:* /(a+)+$/ [[:<:]]",
    "\\N{BULLET} \\u0000 \\x00 \\0 %00 &#0; &#x110000; &#xD800;",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u00bc\u0073\u0063ript\u00be",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%253Cscript%253Ealert(1)",
    "\\u003cimg src=x onerror=alert(1)\\u003e",
)
