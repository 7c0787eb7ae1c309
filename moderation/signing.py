"""Everything that is derived from the secret key."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True)
class Keyring:
    """Everything that is derived from the secret key, each purpose apart."""

    secret: str

    def digest(self, purpose: str, *parts: str) -> bytes:
        """A keyed hash of 32 bytes; parts cannot be shifted into one another."""
        message = "\x1f".join((purpose, *parts)).encode("utf-8", "replace")
        return hmac.digest(self.secret.encode(), message, sha256)

    def author(self, *, email: str, name: str, network: str = "") -> str:
        """The identity of an author: of the e-mail, or of name and network without one."""
        kind, value = ("email", email) if email else ("name", name)
        place = (network,) if network and not email else ()
        return self.digest("author", kind, value.casefold().strip(), *place).hex()

    def address(self, address: str) -> bytes:
        """What is kept of a network address."""
        return self.digest("address", address)[:16]

    def sign(self, purpose: str, value: str) -> str:
        """`value` with a signature, safe in a URL."""
        signature = urlsafe_b64encode(self.digest(purpose, value)[:18]).decode()
        return f"{value}.{signature}"

    def unsign(self, purpose: str, token: str) -> str | None:
        """The value if the signature is ours for this purpose, else None."""
        value, _, _ = token.rpartition(".")
        good = self.sign(purpose, value).encode()
        return (
            value
            if hmac.compare_digest(good, token.encode("utf-8", "replace"))
            else None
        )

    def form_token(self, site_key: str, now: datetime) -> str:
        """A token for a form that is opened now."""
        return self.sign(f"form:{site_key}", format(int(now.timestamp() * 1000), "x"))

    def form_opened(self, site_key: str, token: str) -> float | None:
        """When the form was opened, in seconds since 1970; None if not our token."""
        value = self.unsign(f"form:{site_key}", token)
        return int(value, 16) / 1000 if value else None
