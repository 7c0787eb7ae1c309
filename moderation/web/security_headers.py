"""What every response tells the browser to refuse, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from flask import Flask, Response, g
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from moderation.settings import Settings

# No inline script, no inline style, nothing from anywhere else, in nobody's frame.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb")
)
_HSTS_SECONDS = 365 * 24 * 3600


class _Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, with a signer that is made once and not per request."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of this app's session cookie."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


def protect(app: Flask, settings: Settings) -> None:
    """Send the headers with every response; keep the session cookie to ourselves."""
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        # The store knows when a session ends, and that does not move.
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.session_interface = _Sessions()
    app.after_request(_add_headers)
    if settings.base_url.startswith("https://"):
        app.after_request(_stay_with_https)


def allow_form_targets(origins: Sequence[str]) -> None:
    """Let the forms of this page end on `origins` too.

    A browser holds ``form-action`` also against the redirect that follows a post:
    the reply form of a publisher ends on the publisher's own page.
    """
    g.form_targets = tuple(origins)


@lru_cache(maxsize=256)
def _policy(form_targets: tuple[str, ...]) -> str:
    policy = _POLICY | {"form-action": " ".join(("'self'", *form_targets))}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _add_headers(response: Response) -> Response:
    policy = _policy(g.get("form_targets", ()))
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
    return response


def _stay_with_https(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", f"max-age={_HSTS_SECONDS}")
    return response
