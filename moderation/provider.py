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

from moderation.errors import ProviderError
from moderation.settings import Settings

SCOPE = "openid email profile"
TIMEOUT_SECONDS = 5
# Signatures by the provider's own key alone: nothing that the client secret makes.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_DRIFT_SECONDS = 60
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Journey:
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


def address(settings: Settings, back: str, journey: Journey) -> str:
    """Where the browser goes to sign in; it returns to `back`."""
    found = _discover(settings)
    with _session(settings, back) as session:
        url, _ = session.create_authorization_url(
            _text(settings, found, "authorization_endpoint"),
            state=journey.state,
            nonce=journey.nonce,
            code_verifier=journey.verifier,
        )
    return str(url)


def identify(
    settings: Settings, back: str, journey: Journey, answer: Mapping[str, str]
) -> Identity:
    """Who came back with this `answer`; ProviderError says what is wrong with it."""
    if not journey.state or answer.get("state") != journey.state:
        raise ProviderError("provider.lost")
    # RFC 9207: an answer of another provider is not one to us.
    if answer.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise ProviderError("provider.lost")
    if "code" not in answer:
        raise ProviderError("provider.denied")
    found = _discover(settings)
    with _session(settings, back) as session:
        try:
            token = session.fetch_token(
                _text(settings, found, "token_endpoint"),
                code=answer["code"],
                code_verifier=journey.verifier,
                timeout=TIMEOUT_SECONDS,
            )
        except OAuthError as refusal:
            # RFC 6749, section 5.2: the code is not theirs, or too old.
            is_lost = refusal.error == "invalid_grant"
            raise ProviderError(
                "provider.lost" if is_lost else "provider.away"
            ) from None
        except (OSError, AuthlibBaseError, ValueError):
            raise ProviderError("provider.away") from None
        keys = _get(session, _text(settings, found, "jwks_uri"), withhold=True)
        claims = _claims(settings, journey, str(token.get("id_token")), keys)
        if "email" not in claims and "userinfo_endpoint" in found:
            more = _get(session, _text(settings, found, "userinfo_endpoint"))
            # OpenID Connect Core, section 5.3.2: about the same person, or about none.
            claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    is_verified = claims.get("email_verified") is True
    return Identity(
        issuer=settings.oidc_issuer,
        subject=str(claims["sub"])[:255],
        email=str(claims.get("email") or "") if is_verified else "",
        name=str(claims.get("name") or "")[:100],
    )


def _claims(
    settings: Settings, journey: Journey, id_token: str, keys: Mapping[str, Any]
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


def _discover(settings: Settings) -> Mapping[str, Any]:
    """What the issuer says about itself, asked each time: it may change its keys."""
    with _session(settings, "") as session:
        url = settings.oidc_issuer.rstrip("/") + _DISCOVERY
        found = _get(session, url, withhold=True)
    if found.get("issuer") != settings.oidc_issuer:
        raise ProviderError("provider.away")
    return found


def _get(session: Any, url: str, *, withhold: bool = False) -> dict[str, Any]:
    """A JSON document of the provider; without the access token if to `withhold` it."""
    try:
        answer = session.request(
            "GET", url, withhold_token=withhold, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        document = answer.json()
    except (OSError, AuthlibBaseError, ValueError):
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


def _session(settings: Settings, back: str) -> Any:
    # Here and not above: the library opens a socket when it is imported, and most
    # services have no provider. Its errors are OSErrors.
    from authlib.integrations.requests_client import (  # type: ignore[import-untyped]
        OAuth2Session,
    )

    session = OAuth2Session(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
    )
    # Wherever a provider would send us, we do not go.
    session.max_redirects = 0
    return session
