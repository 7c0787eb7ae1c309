"""What all pages of the desk share: who may come in, what they get, what is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation import lanes
from moderation.web import forgery, login
from moderation.web.members import Member
from moderation.web.services import services


def guard(blueprint: Blueprint) -> Blueprint:
    """Make the pages of a blueprint a part of the desk."""
    blueprint.before_request(admit)
    blueprint.after_request(keep_private)
    return blueprint


def admit() -> ResponseReturnValue | None:
    """Nobody looks at the desk without a session, nobody acts without our form."""
    moderator = login.asking()
    if moderator is None:
        return redirect(url_for("login.sign_in", why="please", next=request.path))
    forgery.check()
    with services().database.read() as conn:
        g.member = Member.of(conn, moderator)
    return None


def keep_private(answer: Response) -> Response:
    """Comments that are not published do not stay in a shared computer's cache."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def member() -> Member:
    """Who asks; only after `admit`."""
    return cast(Member, g.member)


def page(template: str, **values: object) -> str:
    """A page of the desk with its lanes and their counts."""
    who = member()
    with services().database.read() as conn:
        counts = lanes.counts(conn, who.site_ids)
    return render_template(
        template,
        moderator=who.moderator,
        memberships=who.sites,
        counts=counts,
        token=forgery.token,
        **values,
    )


def now() -> datetime:
    """The moment of the request."""
    return datetime.now(UTC)
