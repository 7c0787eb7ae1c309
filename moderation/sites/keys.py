"""The keys of a site: one for pages, and those of servers, which are derived."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from moderation.signing import Keyring
from moderation.sites.site import Site

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
AKISMET_KEY_LENGTH = 12


@dataclass(frozen=True)
class Keys:
    """The public key is no secret; the others are derived and never stored."""

    public: str
    secret: str
    akismet: str


def of(found: Site, keyring: Keyring) -> Keys:
    """The keys of a site, derived from the service's secret key.

    The Akismet key has the 12 characters that Akismet's clients demand.
    """
    generation = str(found.key_generation)
    secret = keyring.digest("site-secret", found.key, generation).hex()
    number = int.from_bytes(keyring.digest("site-akismet", found.key, generation))
    letters = []
    for _ in range(AKISMET_KEY_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return Keys(public=found.key, secret=f"sk_{secret}", akismet="".join(letters))


def is_secret(found: Site, keyring: Keyring, candidate: str) -> bool:
    """Whether `candidate` is the site's secret key, in constant time."""
    secret = of(found, keyring).secret.encode()
    return hmac.compare_digest(candidate.encode("utf-8", "replace"), secret)
