"""When two addresses are the same page, and so have the same thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from unicodedata import normalize
from urllib.parse import (
    SplitResult,
    parse_qsl,
    quote,
    unquote_to_bytes,
    urlencode,
    urlsplit,
)

from moderation.sites import hosts

# Parameters that say where a reader came from, not which page it is: of search engines
# and advertisements, of social networks, of mails and of what counts visits. With `*`
# every parameter that begins like this.
TRACKING = (
    *("dclid", "gad_source", "gbraid", "gclid", "gclsrc", "srsltid", "wbraid", "_gl"),
    *("_ga", "msclkid", "yclid", "ysclid", "_openstat", "twclid", "ttclid", "epik"),
    *("fbclid", "igsh", "igshid", "li_fat_id", "si", "isappinstalled", "scid"),
    *("mc_cid", "mc_eid", "mkt_tok", "vero_id", "_hsenc", "_hsmi", "hsa_*", "oly_*"),
    *("utm_*", "mtm_*", "matomo_*", "xtor", "at_medium", "at_campaign", "at_custom*"),
    *("pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium", "pk_content"),
    *("pk_cid", "wt_mc", "ref", "replytocom", "cb"),
)
# `from` may name a page; with these values it says that a messenger opened it.
_OPENED_BY = frozenset({"singlemessage", "groupmessage", "timeline"})
_INDEX_PAGES = frozenset(
    {"index.html", "index.htm", "index.xhtml", "index.php", "default.html"}
    | {"default.htm", "default.asp", "default.aspx"}
)
# Signs that stand for themselves in a part of a path (RFC 3986).
_PLAIN = "!$&'()*+,;=:@~"
# PostgreSQL keeps no more than 2,704 bytes of a row in an index.
IDENTITY_MAX_BYTES = 1024


@dataclass(frozen=True)
class PageRules:
    """What a site adds: parameters that name no page, and whether an index page is its folder."""

    tracking: tuple[str, ...] = ()
    folds_index_pages: bool = True


@lru_cache(maxsize=4096)
def page_identity(url: str, rules: PageRules = PageRules()) -> str:
    """An address without what does not change the page.

    Dropped are http or https, ``www.``, the final dot of the host, double and trailing
    slashes, the name of an index page, the fragment and tracking parameters. A host is
    written in ASCII; a path in NFC and percent-encoded, however it came. Other
    parameters stay, because ``?p=123`` is a page of its own. A very long address ends
    in a hash of the whole.
    """
    parts = urlsplit(url)
    names = [_encoded(each) for each in parts.path.split("/") if each]
    if rules.folds_index_pages and names and names[-1].lower() in _INDEX_PAGES:
        names.pop()
    path = "".join(f"/{each}" for each in names)
    query = [
        (_composed(name), _composed(value))
        for name, value in _parameters(parts)
        if not _is_tracking(name, value, rules)
    ]
    return _short(f"{_place(parts)}{path}{_tail(query)}")


@lru_cache(maxsize=4096)
def earlier_identity(url: str) -> str:
    """What a page was known by before paths, hosts and most parameters were folded.

    Threads from that time keep it until `moderation merge-threads` is run.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    dropped = {"fbclid", "gclid", "mc_cid", "mc_eid", "ref", "replytocom"}
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in dropped and not name.startswith("utm_")
    ]
    return _short(f"{host}{port}{parts.path.rstrip('/')}{_tail(query)}")


def identities(url: str, rules: PageRules = PageRules()) -> tuple[str, ...]:
    """What the thread of a page may be known by: what a new one is called comes first."""
    return tuple(dict.fromkeys((page_identity(url, rules), earlier_identity(url))))


def _place(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        host = hosts.canonical(host)
    except ValueError:
        # No browser opens it: any one name will do.
        host = host.lower()
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{host.removeprefix('www.')}{port}"


def _encoded(part: str) -> str:
    """One part of a path; bytes that are no UTF-8 stay the bytes they are."""
    raw = unquote_to_bytes(part)
    try:
        return quote(normalize("NFC", raw.decode()), safe=_PLAIN)
    except UnicodeDecodeError:
        return quote(raw, safe=_PLAIN)


def _parameters(parts: SplitResult) -> Iterable[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")


def _composed(text: str) -> str:
    return normalize("NFC", text)


def _is_tracking(name: str, value: str, rules: PageRules) -> bool:
    folded = name.casefold()
    if folded == "from":
        return value in _OPENED_BY
    return any(
        folded.startswith(each[:-1]) if each.endswith("*") else folded == each
        for each in (*TRACKING, *rules.tracking)
    )


def _tail(query: list[tuple[str, str]]) -> str:
    return f"?{urlencode(sorted(query), errors='surrogateescape')}" if query else ""


def _short(identity: str) -> str:
    whole = identity.encode("utf-8", "replace")
    if len(whole) <= IDENTITY_MAX_BYTES:
        return identity
    # No identity has a fragment: "#" tells a shortened one from all others.
    head = whole[: IDENTITY_MAX_BYTES - 65].decode("utf-8", "ignore")
    return f"{head}#{sha256(whole).hexdigest()}"
