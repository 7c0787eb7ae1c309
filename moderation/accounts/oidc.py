"""The OpenID provider: who somebody is, as the one issuer that is configured says.

Authorization code flow with PKCE (RFC 7636), state and nonce; OpenID Connect Core 1.0,
section 3.1. No address is ever taken from a visitor: only the issuer's own are asked,
and none of them may send us elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.base_client.errors import OAuthError  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from moderation.accounts.oidc_sessions import EXCHANGE_SECONDS, Asking, asking
from moderation.errors import ProviderError
from moderation.outbound.http_client import NotSentError
from moderation.settings import Settings

# Signatures by the provider's own key alone: nothing that the client secret makes.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_DRIFT_SECONDS = 60
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class AuthorizationRequest:
    """What we keep while somebody is at the provider, to know them when they return."""

    state: str
    nonce: str
    # The PKCE code verifier: who took the code alone can do nothing with it.
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the provider; the e-mail is one that it verified, or empty."""

    issuer: str
    subject: str
    email: str
    name: str


def address(
    settings: Settings,
    back: str,
    journey: AuthorizationRequest,
    *,
    seconds: float = EXCHANGE_SECONDS,
) -> str:
    """Where the browser goes to sign in; it returns to `back`."""
    with asking(settings, seconds) as asked:
        found = _discover(asked)
        with asked.session(back) as session:
            url, _ = session.create_authorization_url(
                _text(settings, found, "authorization_endpoint"),
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
    return str(url)


def identify(
    settings: Settings,
    back: str,
    journey: AuthorizationRequest,
    answer: Mapping[str, str],
    *,
    seconds: float = EXCHANGE_SECONDS,
) -> Identity:
    """Who came back with this `answer`; ProviderError says what is wrong with it."""
    if not journey.state or answer.get("state") != journey.state:
        raise ProviderError("provider.lost")
    # RFC 9207: an answer of another provider is not one to us.
    if answer.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise ProviderError("provider.lost")
    if "code" not in answer:
        raise ProviderError("provider.denied")
    with asking(settings, seconds) as asked:
        claims = _ask(asked, back, journey, answer["code"])
    is_verified = claims.get("email_verified") is True
    return Identity(
        issuer=settings.oidc_issuer,
        subject=str(claims["sub"])[:255],
        email=str(claims.get("email") or "") if is_verified else "",
        name=str(claims.get("name") or "")[:100],
    )


def _ask(
    asked: Asking, back: str, journey: AuthorizationRequest, code: str
) -> dict[str, Any]:
    """What the provider says about whoever has this `code`."""
    settings, found = asked.settings, _discover(asked)
    with asked.session(back) as session:
        try:
            token = session.fetch_token(
                _text(settings, found, "token_endpoint"),
                code=code,
                code_verifier=journey.verifier,
                timeout=asked.deadline.left(),
            )
            asked.deadline.left()
        except OAuthError as refusal:
            # RFC 6749, section 5.2: the code is not theirs, or too old.
            is_lost = refusal.error == "invalid_grant"
            raise ProviderError(
                "provider.lost" if is_lost else "provider.away"
            ) from None
        except (OSError, AuthlibBaseError, ValueError, NotSentError):
            raise ProviderError("provider.away") from None
        keys = _get(asked, session, _text(settings, found, "jwks_uri"), withhold=True)
        claims = _claims(settings, journey, str(token.get("id_token")), keys)
        if "email" not in claims and "userinfo_endpoint" in found:
            more = _get(asked, session, _text(settings, found, "userinfo_endpoint"))
            # OpenID Connect Core, section 5.3.2: about the same person, or about none.
            claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    return claims


def _claims(
    settings: Settings,
    journey: AuthorizationRequest,
    id_token: str,
    keys: Mapping[str, Any],
) -> dict[str, Any]:
    """What the ID token says, once everything about it is as it must be."""
    registry = jwt.JWTClaimsRegistry(
        leeway=_DRIFT_SECONDS,
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": journey.nonce},
    )
    try:
        key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
        token = jwt.decode(id_token, key_set, algorithms=_ALGORITHMS)
        registry.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise ProviderError("provider.lost") from None
    if token.claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
        raise ProviderError("provider.lost")
    return dict(token.claims)


def _discover(asked: Asking) -> Mapping[str, Any]:
    """What the issuer says about itself, asked each time: it may change its keys."""
    issuer = asked.settings.oidc_issuer
    with asked.session("") as session:
        url = issuer.rstrip("/") + _DISCOVERY
        found = _get(asked, session, url, withhold=True)
    if found.get("issuer") != issuer:
        raise ProviderError("provider.away")
    return found


def _get(
    asked: Asking, session: Any, url: str, *, withhold: bool = False
) -> dict[str, Any]:
    """A JSON document of the provider; without the access token if to `withhold` it."""
    try:
        answer = session.request(
            "GET", url, withhold_token=withhold, timeout=asked.deadline.left()
        )
        # What was cut off may look like what has ended.
        asked.deadline.left()
        answer.raise_for_status()
        document = answer.json()
    except (OSError, AuthlibBaseError, ValueError, NotSentError):
        raise ProviderError("provider.away") from None
    if not isinstance(document, dict):
        raise ProviderError("provider.away")
    return document


def _text(settings: Settings, document: Mapping[str, Any], name: str) -> str:
    """An address of the provider, as safe on its way as the issuer's own."""
    url = str(document.get(name, ""))
    allowed = ["https://"]
    if settings.oidc_issuer.startswith("http://"):
        # A provider on this machine, as in a trial.
        allowed += ["http://localhost:", "http://127.0.0.1:"]
    if not url.startswith(tuple(allowed)):
        raise ProviderError("provider.away")
    return url
