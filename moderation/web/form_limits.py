"""How many fields a form may have: counted before anything is made of them."""

from __future__ import annotations

from flask import Flask, abort, request

# The widest form of the service has some forty fields.
FIELDS_MAX = 100
# A field for each card of a lane.
_OF_LANES = frozenset({"bulk", "claims", "clusters"})
CARDS_MAX = 4_000


def set_up(app: Flask) -> None:
    """Look at every form before its view or its token does."""
    app.before_request(_check)


def _check() -> None:
    """413 for what has more fields than the page that it says it comes from."""
    limit = CARDS_MAX if request.blueprint in _OF_LANES else FIELDS_MAX
    # For forms in parts; the library counts while it reads.
    request.max_form_parts = limit
    # The API reads JSON, whatever its callers call it.
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if not is_form or request.path.startswith("/api/"):
        return
    if request.get_data(parse_form_data=False).count(b"&") >= limit:
        abort(413)
