"""What an act of the desk answers: JSON for our script, else back to where it was done."""

from __future__ import annotations

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from moderation.web.desk import page as desk_page
from moderation.web.language import locale

# Where a form leads back to; from the page of one comment on to what waits.
_LISTS = frozenset(
    {
        "account.show",
        "audit.entries",
        "authors.show",
        "clusters.show",
        "review.decided",
        "review.search",
        "review.waiting",
    }
)


def done(said: str, undo: str = "") -> ResponseReturnValue:
    """What was done, and where it can be taken back."""
    if desk_page.wants_json():
        return {"said": said, "undo": undo, "lang": locale()}
    return back("done", said, undo)


def back(kind: str, said: str, undo: str = "") -> ResponseReturnValue:
    """To the list that the form stood in, with a notice: a lane stays the lane it was."""
    flash({"said": said, "undo": undo}, kind)  # type: ignore[arg-type]
    return redirect(_place(), 303)


def _place() -> str:
    page = desk_page.came_from()
    is_list = _endpoint(page.partition("?")[0]) in _LISTS
    return page if is_list else url_for("review.waiting")


def _endpoint(path: str) -> str:
    try:
        found, _ = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return ""
    return str(found)
