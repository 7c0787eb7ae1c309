"""An OpenID provider in a process of its own that checks PKCE, as real ones do.

The provider of the package takes any code verifier; RFC 7636, section 4.6 does not.
"""

from __future__ import annotations

import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from oidc_provider_mock import app
from werkzeug.serving import run_simple

TOKENS = "/oauth2/token"


def checking(provider: Flask) -> Flask:
    """Let it hand out tokens only to those who asked for the code."""
    challenges: dict[str, str] = {}

    @provider.after_request
    def remember(answer: Response) -> Response:
        back = parse_qs(urlsplit(answer.location or "").query)
        if "code" in back:
            assert request.args["code_challenge_method"] == "S256"
            challenges[back["code"][0]] = request.args["code_challenge"]
        return answer

    @provider.before_request
    def check() -> ResponseReturnValue | None:
        if request.path != TOKENS:
            return None
        digest = sha256(request.form.get("code_verifier", "").encode()).digest()
        proven = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenges.pop(request.form.get("code", ""), None) == proven:
            return None
        return {"error": "invalid_grant"}, 400

    return provider


if __name__ == "__main__":
    run_simple("localhost", int(sys.argv[1]), checking(app()))
