"""Names of hosts: one spelling for each, as the network knows it."""

from __future__ import annotations

from functools import lru_cache

import idna


@lru_cache(maxsize=4096)
def canonical(host: str) -> str:
    """A host in lower case and in ASCII (RFC 5891), without the dot that ends the root.

    What browsers open although RFC 5892 has no place for it, such as a picture, is
    written as RFC 3490 does; ValueError names nothing that any of them opens.
    """
    bare = host.lower()
    if not bare.isascii():
        try:
            bare = idna.encode(bare, uts46=True).decode()
        except idna.IDNAError:
            bare = bare.encode("idna").decode()
    return bare.removesuffix(".")
