"""Threads for readers: comments, counts, and what a form needs, with CORS per site."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response, request

from moderation.comments import threads
from moderation.comments.page_threads import Names
from moderation.comments.threads import View
from moderation.errors import Refused
from moderation.sites.page_addresses import identities
from moderation.sites.site import Site
from moderation.sites.urls import origin_of
from moderation.web.problems import Problem
from moderation.web.services import current_services

blueprint = Blueprint("thread", __name__)

COUNTS_MAX = 100
PREFLIGHT_SECONDS = "7200"


@blueprint.get("/api/v1/sites/<site_key>/comments")
def comments(site_key: str) -> Response:
    """The visible comments of a page; 304 when the reader has them already."""
    desk = current_services()
    try:
        site = desk.site(site_key)
        url = request.args.get("thread", "")
        names = _names(url, site)
        view = _view()
    except Refused as refusal:
        return Problem.of(refusal).response()
    with desk.database.read() as conn:
        head = threads.find(conn, site.id, names)
        etag = f'"{head.id:x}-{head.version:x}"' if head else '"none"'
        if etag in request.headers.get("If-None-Match", ""):
            answer = Response(status=304)
        elif head is None:
            answer = _json(threads.empty_page(url))
        else:
            answer = _json(desk.pages.get(conn, head, view))
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/api/v1/sites/<site_key>/counts")
def counts(site_key: str) -> Response:
    """How many comments each page has; many pages in one request."""
    desk = current_services()
    try:
        site = desk.site(site_key)
        urls = request.args.getlist("thread")
        if not urls or len(urls) > COUNTS_MAX:
            raise Refused("thread_missing", field="thread")
        pages = {url: _names(url, site) for url in urls}
    except Refused as refusal:
        return Problem.of(refusal).response()
    with desk.database.read() as conn:
        known = threads.counts(conn, site.id, sorted(set(pages.values())))
    return _json(
        orjson.dumps({url: known.get(names, 0) for url, names in pages.items()})
    )


@blueprint.get("/api/v1/sites/<site_key>/form")
def form(site_key: str) -> Response:
    """A signed token that says when a form was opened, and how the site wants it."""
    desk = current_services()
    try:
        site = desk.site(site_key)
    except Refused as refusal:
        return Problem.of(refusal).response()
    token = desk.keyring.form_token(site.key, datetime.now(UTC))
    body = {
        "form_token": token,
        "notices": site.settings.offers_notices and bool(desk.settings.smtp_url),
        "title": site.settings.form_title,
        "website": site.settings.form_asks_for_website,
    }
    answer = _json(orjson.dumps(body))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def allow_origin(answer: Response) -> Response:
    """Let the pages of a site, and no others, read the answers for that site.

    Flask itself answers OPTIONS where there is a route; here the answer becomes the
    preflight's: what a page of the site may send.
    """
    site_key = (request.view_args or {}).get("site_key")
    if site_key is None or not request.path.startswith("/api/v1/sites/"):
        return answer
    answer.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None:
        return answer
    try:
        allowed = current_services().site(site_key).origins
    except Refused:
        return answer
    if origin_of(origin) in allowed:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        if request.method == "OPTIONS":
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH"
            answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
            answer.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return answer


def _names(url: str, site: Site) -> Names:
    if not url:
        raise Refused("thread_missing", field="thread")
    if origin_of(url) is None:
        raise Refused("thread_invalid", field="thread")
    return identities(url, site.page_rules)


def _view() -> View:
    limit = request.args.get("limit", "200")
    is_number = limit.isdecimal() and len(limit) < 9
    if not is_number or not 1 <= int(limit) <= threads.LIMIT_MAX:
        raise Refused("malformed_json", what=f"limit: 1 to {threads.LIMIT_MAX}")
    sort = request.args.get("sort", "oldest")
    if sort not in ("oldest", "newest"):
        raise Refused("malformed_json", what="sort: oldest or newest")
    return View(sort == "newest", request.args.get("after", "")[:32], int(limit))


def _json(body: bytes) -> Response:
    return Response(body, content_type="application/json")
