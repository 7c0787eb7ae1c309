"""The two doors for comments: the JSON API and the plain HTML form."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes, urlencode, urlsplit, urlunsplit

import orjson
from flask import Blueprint, Response, redirect, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from moderation.comments import guard, names, websites
from moderation.comments.submission import Channel, Submission
from moderation.enums import Status
from moderation.errors import Refused
from moderation.ip_addresses import canonical
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site
from moderation.sites.urls import origin_of
from moderation.web import security_headers
from moderation.web.problems import Problem
from moderation.web.public.parsing import count_refusal, read_json, tidy
from moderation.web.public.receive import (
    Receipt,
    calls_with_secret,
    examine,
    foreign_origin,
    foreign_origin_of_form,
    receive,
)
from moderation.web.services import current_services

# A field that no person sees; what fills in everything fills this in too.
HONEYPOT = "topic"

blueprint = Blueprint("intake", __name__)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class ThreadShape(_Shape):
    """The page that is commented on."""

    url: str = ""
    title: str = ""
    id: str = ""


class AuthorShape(_Shape):
    """Who comments; address and browser count only when a server says them."""

    name: str = ""
    email: str | None = ""
    # None: the sender does not ask for websites, or does not say.
    url: str | None = None
    ip: str | None = ""
    user_agent: str | None = ""


class CommentShape(_Shape):
    """The body of a post to the JSON API."""

    thread: ThreadShape
    author: AuthorShape = Field(default_factory=AuthorShape)
    text: str = ""
    parent: str | None = ""
    form_token: str | None = ""
    topic: str | None = ""
    notify: bool | None = False


@blueprint.post("/api/v1/sites/<site_key>/comments")
def create(site_key: str) -> Response:
    """Take a comment as JSON: 202 with its links once it is on disk, 200 if it was before."""
    try:
        site = current_services().site(site_key)
        receipt = receive(_from_json(site), site)
    except Refused as refusal:
        count_refusal(refusal)
        return Problem.of(refusal).response()
    return _created(receipt)


@blueprint.post("/sites/<site_key>/reply")
def reply(site_key: str) -> AnyResponse:
    """Take a comment from an HTML form: back to the page, or the form again."""
    looks = SiteSettings()
    try:
        site = current_services().site(site_key)
        looks = site.settings
        security_headers.allow_form_targets(site.origins)
        submission = _from_form(site)
    except Refused as refusal:
        count_refusal(refusal)
        return _form_again(looks, None, refusal, [refusal])
    try:
        receipt = receive(submission, site)
    except Refused as refusal:
        count_refusal(refusal)
        others = guard.refusals(examine(submission, site))
        return _form_again(looks, submission, refusal, others or [refusal])
    return redirect(_way_back(submission, receipt, site), 303)


def _from_json(site: Site) -> Submission:
    try:
        shape = CommentShape.model_validate(read_json(request.get_data(cache=False)))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused("malformed_json", what=f"{place}: {first['msg']}") from None
    is_server = calls_with_secret(site)
    author = shape.author
    return Submission(
        site_key=site.key,
        door=Channel.SERVER if is_server else Channel.BROWSER,
        text=tidy(shape.text, lines=True),
        name=names.shown(tidy(author.name)),
        thread_url=tidy(shape.thread.url),
        email=tidy(author.email),
        url=websites.completed(tidy(author.url)),
        website_offered=author.url is not None
        and (is_server or site.settings.form_asks_for_website),
        thread_title=tidy(shape.thread.title),
        thread_id=tidy(shape.thread.id),
        parent=tidy(shape.parent),
        honeypot=bool(shape.topic),
        form_token=tidy(shape.form_token),
        origin=foreign_origin(),
        address=canonical(tidy(author.ip)) if is_server else request.remote_addr or "",
        user_agent=tidy(author.user_agent if is_server else request.user_agent.string),
        notify=bool(shape.notify),
    )


def _from_form(site: Site) -> Submission:
    """Read our own field names, or those of WordPress's comment form."""
    _check_encoding(request.get_data(), request.mimetype)
    form: Mapping[str, str] = request.form
    is_wordpress = "comment" in form and "text" not in form
    parent = form.get("comment_parent" if is_wordpress else "parent", "")
    return Submission(
        site_key=site.key,
        door=Channel.FORM,
        text=tidy(form.get("comment" if is_wordpress else "text"), lines=True),
        name=names.shown(tidy(form.get("author" if is_wordpress else "name"))),
        thread_url=tidy(form.get("thread_url") or _page_of_form(form)),
        email=tidy(form.get("email")),
        url=websites.completed(tidy(form.get("url"))),
        website_offered="url" in form and site.settings.form_asks_for_website,
        thread_title=tidy(form.get("thread_title")),
        # WordPress sends 0 for "not a reply".
        parent="" if parent == "0" else tidy(parent),
        honeypot=bool(form.get(HONEYPOT)),
        form_token=tidy(form.get("form_token")),
        origin=foreign_origin_of_form(),
        address=request.remote_addr or "",
        user_agent=tidy(request.user_agent.string),
        notify=bool(form.get("notify")),
    )


def _page_of_form(form: Mapping[str, str]) -> str:
    """Where the form stood, when it does not say so itself: the page it came from."""
    return form.get("redirect_to") or request.referrer or ""


def _check_encoding(body: bytes, mimetype: str) -> None:
    """Refuse what is not UTF-8, before decoding puts other signs into its place."""
    if mimetype == "application/x-www-form-urlencoded":
        body = unquote_to_bytes(body)
    try:
        body.decode()
    except UnicodeDecodeError:
        raise Refused("malformed_encoding", what="the form is not UTF-8") from None


def _created(receipt: Receipt) -> Response:
    stored = receipt.stored
    body = {
        "id": stored.public_id,
        "status": stored.status.value,
        "status_url": receipt.status_url,
        "edit_token": receipt.edit_token,
    }
    code = 201 if stored.status is Status.APPROVED else 202
    if stored.is_repeat:
        body["duplicate_of"], code = stored.public_id, 200
    return Response(orjson.dumps(body), code, content_type="application/json")


def _way_back(submission: Submission, receipt: Receipt, site: Site) -> str:
    """The page the form stood on, with a word for the widget about what was sent."""
    target = request.form.get("redirect_to", "")
    if origin_of(target) not in site.origins:
        target = submission.thread_url
    parts = urlsplit(target)
    word = urlencode({"reply": receipt.status_url.rpartition("/")[2]})
    query = f"{parts.query}&{word}" if parts.query else word
    return urlunsplit(
        parts._replace(query=query, fragment=f"comment-{receipt.stored.public_id}")
    )


def _form_again(
    looks: SiteSettings,
    submission: Submission | None,
    refusal: Refused,
    refusals: list[Refused],
) -> AnyResponse:
    """The form with everything still in it, and what is wrong in words."""
    problem = Problem.of(refusal)
    problems = [Problem.of(each) for each in refusals]
    page = render_template(
        "public/reply_form.html",
        action=request.path,
        values=request.form,
        form_title=looks.form_title,
        asks_for_website=looks.form_asks_for_website,
        thread_url=submission.thread_url if submission else "",
        offers_notices=looks.offers_notices
        and bool(current_services().settings.smtp_url),
        errors={each.field or "form": each.detail for each in reversed(problems)},
    )
    answer = Response(page, problem.status, content_type="text/html; charset=utf-8")
    if problem.retry_after is not None:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer
